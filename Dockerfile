# By tag, so that it builds with what a machine has; docker-compose.digests.yml pins it to the digest that releases are
# built on.
ARG BASE=node:24-bookworm-slim

# Production dependencies only, as the lockfile pins them. The layer is rebuilt only when that file changes.
FROM ${BASE} AS dependencies
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# No package needs its install script, and versions of npm without `allowScripts` would run it, as root.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE}
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="vigia" \
      org.opencontainers.image.description="A prediction service that watches its own model" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    ADMIN_HOST=0.0.0.0 \
    SAMPLES_PATH=/app/logs/{instance}/input_samples.jsonl \
    OUTCOMES_PATH=/app/logs/{instance}/outcomes.jsonl
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
# Nothing is installed after this, so npm and other package managers are removed. Debian's apt stays: it needs root, which
# the service never has, and scanners find the system's packages in its database.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
# What the documentation calls `vigia`.
RUN ln -s /app/bin/vigia.cjs /usr/local/bin/vigia
# A named volume takes its owner from this folder; everything else belongs to root and is only read.
RUN install -d -o node -g node -m 0750 logs
USER node
VOLUME ["/app/logs"]
EXPOSE 8000 9464
STOPSIGNAL SIGTERM
# The image has no curl, so Node's fetch makes the request.
# Each check starts Node, which takes seconds while the machine is busy.
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${Number(process.env.PORT) || 8000}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--require", "./src/require-node.cjs", "--max-semi-space-size=16", "--import", "./otel/register.ts", "src/server.ts"]
