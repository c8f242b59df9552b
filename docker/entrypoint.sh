# Takes what the environment leaves open from the secrets that docker-compose.yml keeps.
# Run without those, the image reads its environment alone.
set -eu
kept=/run/satchel

if [ -d $kept ]; then
  export SECRET_KEY="${SECRET_KEY:-$(cat $kept/secret-key)}"

  if [ -z "${REDIS_URL:-}" ]; then
    export REDIS_PASSWORD="${REDIS_PASSWORD:-$(cat $kept/redis-password)}"
    # A password may hold characters that mean something in a URL.
    encoded=$(node --print 'encodeURIComponent(process.env.REDIS_PASSWORD)')
    export REDIS_URL="redis://:$encoded@redis:6379"
  fi
  unset REDIS_PASSWORD
fi

# The server takes the place of this shell, so that it hears the signal to stop.
exec "$@"
