# Sets the secrets that the environment does not set, from the volume of docker-compose.yml. Without that volume the
# image uses only its environment.
set -eu
secrets=/run/satchel

if [ -d $secrets ]; then
  export SECRET_KEY="${SECRET_KEY:-$(cat $secrets/secret-key)}"

  if [ -z "${REDIS_URL:-}" ]; then
    export REDIS_PASSWORD="${REDIS_PASSWORD:-$(cat $secrets/redis-password)}"
    # A password may contain characters that have a meaning in a URL.
    encoded=$(node --print 'encodeURIComponent(process.env.REDIS_PASSWORD)')
    export REDIS_URL="redis://:$encoded@redis:6379"
  fi
  unset REDIS_PASSWORD
fi

# exec replaces this shell by the server, so that the server gets the signals of Docker.
exec "$@"
