FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./
# No package of ours needs its install script (native code comes prebuilt), so none gets to run.
ENV npm_config_ignore_scripts=true npm_config_audit=false npm_config_fund=false

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build

FROM base AS dependencies
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
# A new volume takes its owner from here.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY docker docker
COPY migrations migrations
COPY views views
COPY src src
# The code belongs to root: whoever takes over the process cannot change it.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/readyz`); process.exit(ok ? 0 : 1)"]
ENTRYPOINT ["sh", "/app/docker/entrypoint.sh"]
# A smaller nursery for young objects: Node's own choice makes a shop at rest take 270 MB instead of 170, and no request faster.
CMD ["node", "--max-semi-space-size=8", "src/server.ts"]
