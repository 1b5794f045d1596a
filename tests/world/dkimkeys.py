"""Keys of DKIM signatures that were made for these tests and are used nowhere else, and mails signed with them."""

from typing import Any

import dkim

KEY = b"""-----BEGIN RSA PRIVATE KEY-----
MIICWwIBAAKBgQDcIf1uZRXmUJ8Fg1zUooMRhUSggL8fPqw/YeLCOghVceAPtDn0
iK1dPiZ2URMvFXmPs5RxaqK3rHbsXIb42M1G9Op9PccnYg/q8OrQHrYDbmfihZ+H
as2EsXVGzBc1+1ifcxcx0Y+l+NTqsaY6NVhwi1/0tM6l2kk94yy7r8SfVQIDAQAB
AoGARdynsKR2Kc0GWtqQ2I7m5+WSnRmfDkx2n/rx21BNmsh0IqfBCOFjm8cAr+YV
H4lCNh/5CXGdSIt8hpDq6QjtRHPVvxRaJI+VtWc0vBfNa4BdEGjAEvZPMteIbUH+
+caUNXHOVdrIDxxy9LXWyhuS8heKziF2OFnrba7jHAzJMnUCQQD5CWzXAo91p1rd
Eh7IVvdYJmSycAspbGfF5OuBoZ1GQlDYX1RoG6eIYUAe2BLmw4Bt3i8mR7FSGd72
vOZpBm3DAkEA4kmsWJ98K/DENEPIjndT5WjbL4EE3D19rcwwk26rdVe80yquRQ7+
Un4dM/nisjRScKzd9fYv/de3UVrim4T1BwJAYx4hN6JJPuaQ/5QKtGoIoAkH4w09
JAuFcfoe0cVlN2WFj9jBW35GO72ZK62MOFRvdUsNMQsvxCGP4FxmyD5KyQJAbYp2
eKwzot25TQenFXgkT8BzokpVfPvzU+eteCExtOsVCC/4DowUhwBvyJJlsBht9Adq
pz9Wug3ruuFBI0G4jwJAQdWq3uZw5Xb6pkhxmTJiyd0X5RhYgZ+iRoS/j/Tr3oos
9Jmxp/lHZHdmpjS+bA15vaatBMIuK23zvacNS7TZOw==
-----END RSA PRIVATE KEY-----
"""
RECORD = (
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDcIf1uZRXmUJ8Fg1zUooMRhUSggL8fPqw/"
    "YeLCOghVceAPtDn0iK1dPiZ2URMvFXmPs5RxaqK3rHbsXIb42M1G9Op9PccnYg/q8OrQHrYDbmfihZ+Has2EsXVGzB"
    "c1+1ifcxcx0Y+l+NTqsaY6NVhwi1/0tM6l2kk94yy7r8SfVQIDAQAB"
)
WEAK_KEY = b"""-----BEGIN RSA PRIVATE KEY-----
MIIBywIBAAJhAMFBrawQ8BmmzkM/AGq50v0OutgzcN4OziA/12AYmTDT1D6nK94O
rjeyvVT6B9gWpMAr9xjMErNQW5QrqfyIi1kzA2izE9sOTO5FrUoJ8Pk/UUnaMKxw
aUQhWRziYwP9UwIDAQABAmEAnLP59Dzjw5kLRWHPn7rAB6wq+2ZyzcxpfaLmrCgm
B36saoU5P9zdjZJkjYQUWja4xPPrFw4LvUba9Hkww9Fs4LdEbrh4UQS6dMnM79LV
b1QW6vqv7NOmfLv7oUz78eFxAjEA7pUzOB4dZIQbpUmzhqtUpCYVb6PK9/NNFdXP
xx9x1ROiXeYxk3N7NkOhg8W0GiMrAjEAz11j2SixAWsYvz4zJ4mcEt4+Y6xnNI/s
pBNh94RMtlY6qKzzSG55Tt/PnIAhxRp5AjEAu5z4Ohj0ZCa+1quuUShJ1wtbr/7N
jU32QEVyrtM7YKOf+tcaBSm6qmFkkYrWpfchAjARl6K48bLSo/tdfjFo0UvkbeZt
HltDIlK5OMu+7AJ2Faq0VLfvFTBFeMdsR5KV3kECMEi4CjtqmAaMZ+AFnHdH4e2W
6ua0w++vr/1nnZm/r/Dmffs3dtHKtKg24i86S7Sipw==
-----END RSA PRIVATE KEY-----
"""
WEAK_RECORD = (
    "v=DKIM1; k=rsa; p=MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAMFBrawQ8BmmzkM/AGq50v0OutgzcN4OziA/12AY"
    "mTDT1D6nK94OrjeyvVT6B9gWpMAr9xjMErNQW5QrqfyIi1kzA2izE9sOTO5FrUoJ8Pk/UUnaMKxwaUQhWRziYwP9Uw"
    "IDAQAB"
)
NAME = "tests._domainkey.example.com"
COVERED = ("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "content-type")


def signed(
    raw: bytes, *, domain: str = "example.com", key: bytes = KEY, covered: tuple[str, ...] = COVERED, **options: Any
) -> bytes:
    """A message with the signature of a domain above its header; `covered` are the fields that it signs."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    headers = [name.encode() for name in covered]
    made: bytes = dkim.sign(raw, b"tests", domain.encode(), key, include_headers=headers, **options)
    return made + raw
