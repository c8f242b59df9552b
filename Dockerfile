FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./
# Install scripts of packages are not run. No package needs one, because native code comes prebuilt.
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
# A new volume gets the owner and the mode of this folder.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY docker docker
COPY migrations migrations
COPY views views
COPY src src
# The code belongs to root, so that the process cannot change it.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/readyz`); process.exit(ok ? 0 : 1)"]
ENTRYPOINT ["sh", "/app/docker/entrypoint.sh"]
# The space for young objects is limited to 8 MB. With the default of Node an idle shop takes 270 MB instead of 170, and
# no request is faster.
CMD ["node", "--max-semi-space-size=8", "src/server.ts"]
