"""Who comes into a journey: by what is told of them, by the calendar, by business events; and whose runs they are."""
