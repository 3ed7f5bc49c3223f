"""What the machine offers: memory, ports, Java, Maven, the clock."""
