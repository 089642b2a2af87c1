"""What each attack gains, and what honesty costs, under each method."""
