"""The lab's pages: what each attack gains, and what honesty costs."""
