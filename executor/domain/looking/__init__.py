"""Looking at images: decoding, scaling, the sky behind the pixels, and pictures."""
