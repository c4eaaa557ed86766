"""The platform in containers: images, and `make containers`, which builds, starts and tries them."""
