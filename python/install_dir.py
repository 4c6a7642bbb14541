# SPDX-License-Identifier: MIT
"""install_dir.py PREFIX DIR: prints the directory below the prefix that this Python looks into for
packages; if there is none, DIR, which Meson chose."""

import site
import sys

prefix, chosen = sys.argv[1:]
found = [path for path in site.getsitepackages() if path.startswith(prefix.rstrip("/") + "/")]
if prefix.rstrip("/") == "/usr":  # /usr/local is not for packages of the system
    found = [path for path in found if not path.startswith("/usr/local/")]
print(chosen if chosen in found or not found else found[0])
