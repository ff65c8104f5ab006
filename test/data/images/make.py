"""Writes the images of this folder and what Pillow makes of them (python -m pip install pillow==10.4.0 numpy; 13 resizes in the
order that costs less, and differs by 1 here and there)."""
import numpy as np
from PIL import Image

y, x = np.mgrid[0:31, 0:45]
wave = lambda f, p: (127.5 + 127.5 * np.sin(f * x + 0.21 * y * f + p)).astype(np.uint8)
rgb = np.stack([wave(0.3, 0), wave(0.11, 1), (x * 5 + y).astype(np.uint8)], -1)
picture = Image.fromarray(rgb)
picture.save("rgb.png", optimize=True)
picture.save("rgb.bmp")
picture.save("rgb.jpg", quality=90)
picture.convert("L").save("grey.png", optimize=True)
picture.quantize(16).save("palette.png", optimize=True)
alpha = picture.copy()
alpha.putalpha(Image.fromarray(wave(0.2, 2)))
alpha.save("alpha.png", optimize=True)
Image.fromarray((x * 1400 + y * 3).astype(np.uint16)).save("deep.png", optimize=True)
np.save("rgb.npy", rgb)
np.save("grey.npy", np.asarray(picture.convert("L")))
np.save("jpg.npy", np.asarray(Image.open("rgb.jpg")))
np.save("palette.npy", np.asarray(Image.open("palette.png").convert("RGB")))
for name, size in {"small": (16, 12), "large": (64, 50), "wide": (60, 7)}.items():
    np.save(f"{name}.npy", np.asarray(picture.resize(size, Image.BILINEAR)))
short = picture.resize((34, 24), Image.BILINEAR)  # torchvision: Resize(24), CenterCrop(24)
np.save("crop.npy", np.asarray(short.crop((5, 0, 29, 24))))
