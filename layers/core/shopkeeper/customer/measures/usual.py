"""Names that most shops use, and the places that stand for them in stored bytes."""

# Stored bytes point into it: names may be added at its end, and none may ever move.
USUAL = (
    "",
    "Page Viewed",
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "Product List Viewed",
    "Products Searched",
    "Product Clicked",
    "Cart Viewed",
    "Checkout Started",
    "Checkout Step Viewed",
    "Checkout Step Completed",
    "Payment Info Entered",
    "Order Completed",
    "Order Updated",
    "Order Refunded",
    "Order Cancelled",
    "Email Opened",
    "Email Link Clicked",
    "Consent Changed",
    "List Entered",
    "List Left",
    "Screen Viewed",
)

PLACES = {name: place for place, name in enumerate(USUAL)}
