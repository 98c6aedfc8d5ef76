# One image for web, worker and migrations; compose.yaml starts it three times.
# what browsers load of others: pinned with its hash in package-lock.json, which npm looks at before it unpacks
FROM node:22-bookworm-slim AS assets
WORKDIR /srv/polyphony
COPY package.json package-lock.json .npmrc ./
RUN npm ci \
 && mkdir vendor \
 && cp node_modules/openseadragon/build/openseadragon/openseadragon.min.js vendor/ \
 && cp node_modules/openseadragon/LICENSE.txt vendor/openseadragon.LICENSE.txt

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/polyphony
RUN python -m venv /opt/polyphony
COPY requirements.lock ./
RUN /opt/polyphony/bin/python -m pip install --no-deps --require-hashes -r requirements.lock
# the code is run from where it lies, beside its toolkits and migrations; the path is known to child processes in other folders too
RUN echo /srv/polyphony > "$(/opt/polyphony/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/polyphony.pth" \
 && printf '#!/bin/sh\nexec /opt/polyphony/bin/python -m app.cli "$@"\n' > /opt/polyphony/bin/polyphony \
 && chmod 0755 /opt/polyphony/bin/polyphony

FROM python:3.13-slim-bookworm
# the user has no shell and owns nothing but the data folder
RUN useradd --system --uid 10001 --home-dir /var/lib/polyphony --shell /usr/sbin/nologin polyphony \
 && install -d -o polyphony -g polyphony -m 0750 /var/lib/polyphony
COPY --from=build /opt/polyphony /opt/polyphony
WORKDIR /srv/polyphony
COPY LICENSE LICENCES.md ./
COPY app app
COPY --from=assets /srv/polyphony/vendor app/web/static/vendor
COPY media_pipeline media_pipeline
COPY migrations migrations
COPY toolkits toolkits
ENV PATH=/opt/polyphony/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    POLYPHONY_DATA_DIR=/var/lib/polyphony \
    POLYPHONY_HOST=0.0.0.0
USER polyphony
VOLUME /var/lib/polyphony
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/readyz', timeout=4).raise_for_status()"]
ENTRYPOINT ["polyphony"]
CMD ["serve"]
