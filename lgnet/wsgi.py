"""The entry point of the web server."""

import gc
import os

import scipy.stats  # noqa: F401  takes seconds: at the start, and not when somebody first looks at how long people wait
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lgnet.settings")
application = get_wsgi_application()

# A page makes and drops some ten thousand small objects: looked through less often, and without what was loaded at the
# start, they cost a tenth less of the processor.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
