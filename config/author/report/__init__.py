"""What a check came to, and the forms it is shown in; plain values in, text out."""
