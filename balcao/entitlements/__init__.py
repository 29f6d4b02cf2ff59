"""What customers are entitled to: products, services, contracts, licences."""
