# Needle behind sign-in. Build: docker build -t needle .   Run: docs/deploy/compose.yaml
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY requirements.txt .
RUN uv venv /venv && uv pip install --python /venv/bin/python --compile-bytecode -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin needle \
    && install -d -o needle -g needle -m 0700 /store
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=root:root .streamlit/config.toml .streamlit/config.toml
COPY --chown=root:root server.py dashboard.py cli.py workspace.py ./
COPY --chown=root:root models models
COPY --chown=root:root data data
COPY --chown=root:root kpi_sources kpi_sources
COPY --chown=root:root pages pages
COPY --chown=root:root docs/measured.json docs/measured.json
USER needle
# Sign-in makes it safe to listen beyond the container; without [auth] in the secrets the server refuses to start so.
ENV NEEDLE_DB=/store/needle.duckdb \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    STREAMLIT_SECRETS_FILES=/run/secrets/needle_secrets \
    NEEDLE_ACCESS=/run/config/access.yaml \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /store
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/api/v1/ready', timeout=4)"]
CMD ["/venv/bin/python", "-m", "streamlit", "run", "server.py"]
