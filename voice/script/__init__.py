"""What is said on the phone: wording and order, as steps that a carrier renders."""
