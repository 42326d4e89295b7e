# Pages, API and workers in one image: docs/containers.md.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# What makes the wheel stays in this stage, in an environment of its own.
COPY requirements-build.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv --without-pip backend \
 && pip --python backend install --require-hashes -r requirements-build.txt

COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv --without-pip /opt/pixelprompt \
 && pip --python /opt/pixelprompt install --no-compile --only-binary=:all: --require-hashes \
    -r requirements.txt

COPY . .
RUN pip --python backend wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && pip --python /opt/pixelprompt install --no-cache-dir --no-compile --no-deps --no-index \
    wheels/*.whl

# Bytecode first: what a command compiles by itself is compared with its source at each start. Then
# static files under their hashes, where the settings look for those that were brought along; the
# secrets that any command makes stay behind in /tmp.
WORKDIR /opt/pixelprompt
RUN find lib -name "*.po" -delete \
 && bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash lib \
 && mkdir "$(echo lib/python*/site-packages/pixelprompt/shipped)/packed" \
 && PIXELPROMPT_DATA_DIR=/tmp/data bin/pixelprompt collectstatic --noinput --verbosity=0 \
    --ignore=rest_framework


FROM python:3.13-slim-bookworm
COPY --from=build /opt/pixelprompt /opt/pixelprompt
RUN useradd --no-log-init --uid 10001 --shell /usr/sbin/nologin pixelprompt \
 && install --directory --owner=pixelprompt --group=pixelprompt --mode=0700 /data
ENV HOME=/data \
    PATH=/opt/pixelprompt/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    PIXELPROMPT_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["pixelprompt", "serve"]
