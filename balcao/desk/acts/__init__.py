"""What an agent does on a ticket besides answering: remote access, time, product, separating."""
