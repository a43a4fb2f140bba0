"""Classes of mail: how much of what a customer, and the policy, have said each of them minds.

Marketing minds all of it. Service mail, such as a recall, minds no caps, needs no consent and is not ended by "no more
marketing"; who has left its topic does not get it. Transactional mail, such as a receipt, minds nothing of these: only
what stands against the address, or against writing to the customer at all.
"""

from typing import Literal

MARKETING = "marketing"
SERVICE = "service"
TRANSACTIONAL = "transactional"

MailClass = Literal["marketing", "service", "transactional"]
