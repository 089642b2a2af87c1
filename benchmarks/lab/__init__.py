"""The pages of the lab: what gaming gains (`robustness`), and what honesty costs (`honesty`)."""
