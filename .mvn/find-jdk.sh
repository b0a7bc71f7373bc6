# Sourced by mvnw and mesos-iam: finds a JDK that can build and run this project, and exports JAVA_HOME.
# Checks JAVA_HOME, the java on PATH, then the usual folders; there it prefers version 25 to newer ones.

# The version of the JDK in folder $1 (25 for 25.0.3), or nothing if there is no JDK.
jdk_version() {
    [ -x "$1/bin/javac" ] || return 0
    jdk_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || jdk_version=
    [ -n "$jdk_version" ] || jdk_version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    printf '%s' "$jdk_version"
}

jdk_suits() {
    [ -n "$1" ] || return 1
    jdk_version=$(jdk_version "$1")
    [ "${jdk_version:-0}" -ge 25 ]
}

find_jdk() {
    if jdk_suits "${JAVA_HOME:-}"; then
        export JAVA_HOME
        return
    fi

    jdk_found=
    if command -v java >/dev/null 2>&1; then
        jdk_candidate=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        if jdk_suits "$jdk_candidate"; then
            jdk_found=$jdk_candidate
        fi
    fi

    if [ -z "$jdk_found" ]; then
        for jdk_candidate in /usr/lib/jvm/* /usr/local/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* \
            "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
            /Library/Java/JavaVirtualMachines/*/Contents/Home; do
            jdk_suits "$jdk_candidate" || continue
            if [ "$jdk_version" -eq 25 ]; then
                jdk_found=$jdk_candidate
                break
            fi
            [ -n "$jdk_found" ] || jdk_found=$jdk_candidate
        done
    fi

    if [ -z "$jdk_found" ]; then
        echo "mesos-iam needs a JDK 25 or newer and found none: install one (Debian 13: apt install openjdk-25-jdk-headless;" \
            "elsewhere: Temurin 25, https://adoptium.net) or set JAVA_HOME." >&2
        exit 1
    fi
    JAVA_HOME=$jdk_found
    export JAVA_HOME
}
