"""What is wrong of the target's options, by themselves and beside what the template makes."""
