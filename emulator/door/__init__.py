"""What stands before both servers' applications: waitress, reading strictly, and with an end to its patience."""
