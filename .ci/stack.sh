# Sourced by .ci/run: whatever the tests of the whole stack need, on a bare Debian machine as root. Sets `stack` to yes, or
# says why those tests will be skipped. What was started is stopped by `stack_down`.

stack_compose=2.40.3
filebeat_version=7.0.0-alpha2.0.20241022170531-d2e6603d82fb
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

# stack_build FILE MODULE VERSION PACKAGE NAME LDFLAGS…: builds a Go program into the cache, once. Says why when it can't.
stack_build() {
  local file=$1 module=$2 version=$3 package=$4 name=$5
  shift 5
  if [[ -x $file ]]; then return; fi
  echo "CI: building $name, once; this takes some minutes"
  local work
  work=$(mktemp -d)
  if (
    set -e
    cd "$work"
    # The go.mod may ask for a newer Go than some have; Go's own way to that is this.
    export GOTOOLCHAIN=auto CGO_ENABLED=0 GOFLAGS=-buildvcs=false
    cp -r "$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" source
    chmod -R u+w source
    cd source
    timeout 1500 go build -trimpath -ldflags "-s -w $*" -o "$work/program" "$package"
  ) > "$work/log" 2>&1; then
    mkdir -p "$stack_cache"
    mv "$work/program" "$file"
    rm -rf "$work"
    return
  fi
  echo "CI: there is no $name, and it can't be built:"
  tail -n 3 "$work/log"
  rm -rf "$work"
  return 1
}

# Compose: the machine's own if it is new enough, else one built from its Go module.
stack_program() {
  local version
  version=$(docker compose version --short 2> /dev/null || true)
  if [[ -n $version && $(printf '%s\n' 2.24.0 "${version#v}" | sort -V | head -n 1) == 2.24.0 ]]; then return; fi
  export HOLYSHEEP_COMPOSE=$stack_cache/docker-compose-$stack_compose
  local module=github.com/docker/compose/v2
  if stack_build "$HOLYSHEEP_COMPOSE" "$module" "v$stack_compose" ./cmd "compose $stack_compose" \
    "-X $module/internal.Version=v$stack_compose"; then return; fi
  unset HOLYSHEEP_COMPOSE
  return 1
}

# Filebeat: its open-source main program, from the newest version of its Go module that the module proxy serves.
stack_filebeat() {
  export HOLYSHEEP_FILEBEAT=${HOLYSHEEP_FILEBEAT:-$stack_cache/filebeat-$filebeat_version}
  if stack_build "$HOLYSHEEP_FILEBEAT" github.com/elastic/beats/v7 "v$filebeat_version" ./filebeat Filebeat; then return; fi
  unset HOLYSHEEP_FILEBEAT
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

# Sets `filebeat` to yes where the tests of the real Filebeat can run; the stack needs it, too.
filebeat=
if stack_filebeat; then filebeat=yes; fi

stack=
if [[ $(id -u) != 0 ]] && ! docker info > /dev/null 2>&1; then
  echo "CI: no Docker engine answers, and only root can start one, so the stack tests are skipped"
elif [[ -z $filebeat ]] && [[ -z ${HOLYSHEEP_IMAGE_FILEBEAT:-} ]]; then
  echo "CI: without Filebeat the tests of Filebeat and of the stack are skipped"
elif stack_program && stack_engine; then
  stack=yes
fi
