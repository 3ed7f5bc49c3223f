# Sourced by .ci/run: whatever the tests of the whole stack need, on a bare Debian machine as root. Sets `stack` to yes, or
# says why those tests will be skipped. What was started is stopped by `stack_down`.

stack_compose=2.40.3
stack_cache=${XDG_CACHE_HOME:-$HOME/.cache}/holysheep-elk
stack_folder=
stack_pid=

# An engine: the one that answers, else one of our own, which leaves nothing behind. It picks its storage driver itself.
stack_engine() {
  if docker info > /dev/null 2>&1; then return; fi
  stack_folder=$(mktemp -d /var/tmp/holysheep-docker.XXXXXX)
  export DOCKER_HOST=unix://$stack_folder/docker.sock
  # No default bridge: nothing here uses it, and another engine of the machine may have it.
  dockerd --host "$DOCKER_HOST" --data-root "$stack_folder/data" --exec-root "$stack_folder/exec" \
    --pidfile "$stack_folder/pid" --bridge none > "$stack_folder/log" 2>&1 &
  stack_pid=$!
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    if docker info > /dev/null 2>&1; then
      echo "CI: started $(dockerd --version), storage driver $(docker info --format '{{.Driver}}')"
      return
    fi
    kill -0 "$stack_pid" 2> /dev/null || break
    sleep 1
  done
  echo "CI: no Docker engine can run here, so the stack tests are skipped:"
  grep -E 'level=(error|fatal)|failed' "$stack_folder/log" | tail -n 3 || tail -n 3 "$stack_folder/log"
  stack_down
  return 1
}

# Compose: the machine's own if it is new enough, else one built from its Go module, once.
stack_program() {
  local version
  version=$(docker compose version --short 2> /dev/null || true)
  if [[ -n $version && $(printf '%s\n' 2.24.0 "${version#v}" | sort -V | head -n 1) == 2.24.0 ]]; then return; fi
  export HOLYSHEEP_COMPOSE=$stack_cache/docker-compose-$stack_compose
  if [[ -x $HOLYSHEEP_COMPOSE ]]; then return; fi
  echo "CI: building compose $stack_compose, once; this takes some minutes"
  local module=github.com/docker/compose/v2 work
  work=$(mktemp -d)
  if (
    set -e
    cd "$work"
    # Its go.mod asks for a newer Go than some have; Go's own way to that is this.
    export GOTOOLCHAIN=auto CGO_ENABLED=0 GOFLAGS=-buildvcs=false
    cp -r "$(go mod download -json "$module@v$stack_compose" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" source
    chmod -R u+w source
    cd source
    go build -trimpath -ldflags "-s -w -X $module/internal.Version=v$stack_compose" -o "$work/docker-compose" ./cmd
  ) > "$work/log" 2>&1; then
    mkdir -p "$stack_cache"
    mv "$work/docker-compose" "$HOLYSHEEP_COMPOSE"
    rm -rf "$work"
    return
  fi
  echo "CI: there is no docker compose, and it can't be built, so the stack tests are skipped:"
  tail -n 3 "$work/log"
  rm -rf "$work"
  unset HOLYSHEEP_COMPOSE
  return 1
}

stack_down() {
  if [[ -n $stack_pid ]]; then
    kill "$stack_pid" 2> /dev/null || true
    wait "$stack_pid" 2> /dev/null || true
    stack_pid=
  fi
  if [[ -n $stack_folder ]]; then rm -rf "$stack_folder"; fi
  stack_folder=
}

stack=
if [[ $(id -u) != 0 ]] && ! docker info > /dev/null 2>&1; then
  echo "CI: no Docker engine answers, and only root can start one, so the stack tests are skipped"
elif stack_program && stack_engine; then
  stack=yes
fi
