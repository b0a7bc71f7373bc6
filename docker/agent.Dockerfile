# The agent, in two forms. From the top of the source tree:
#   docker build -f docker/agent.Dockerfile --target native -t mesos-iam-agent .       recommended: less than half the memory
#   docker build -f docker/agent.Dockerfile --target jvm -t mesos-iam-agent:jvm .      where no native image can be built
# The tags below change; a release pins them by digest, with --build-arg BUILD_IMAGE=maven@sha256:… and likewise for the others.
#
# The agent reads facts from its host's kernel, so it runs in the host's network and pid namespaces, as root, and with
#   NET_ADMIN        writes the rules that lead the metadata addresses to it
#   SYS_ADMIN        enters its caller's network namespace to look up a socket
#   SYS_PTRACE       reads the namespaces and descriptors of the tasks' processes
#   DAC_READ_SEARCH  reads the Mesos agent's runtime directory, which belongs to other users
# and no other capability: drop all others (docker/compose.yaml shows it). /sys/fs/cgroup and the runtime directory are mounted
# read-only.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG JRE_IMAGE=eclipse-temurin:25-jre
ARG NATIVE_BUILD_IMAGE=ghcr.io/graalvm/native-image-community:25
ARG NATIVE_RUN_IMAGE=debian:13-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY migrations migrations
COPY src/main src/main
COPY modules modules
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -ntp -pl modules/agent -am -Dmaven.test.skip=true package

FROM ${NATIVE_BUILD_IMAGE} AS native-build
WORKDIR /build
COPY --from=build /src/modules/agent/target/mesos-iam-agent.jar .
# The options are for memory; docs/decisions/0015-two-forms-of-the-agent.md has the figures. -Os: smaller code. Relative code
# pointers: nothing of the image's heap is copied at the start. Chunks of 256 KiB, and the policy: 0101-a-flood-leaves-little-to-collect.md.
# Without a heap limit the image takes more memory than the JVM.
RUN native-image --no-fallback -Os -march=compatibility --enable-native-access=ALL-UNNAMED \
    -H:+UnlockExperimentalVMOptions -H:+RelativeCodePointers \
    -H:AlignedHeapChunkSize=262144 -H:LargeArrayThreshold=65536 -H:-UnlockExperimentalVMOptions \
    -H:InitialCollectionPolicy=BySpaceAndTime -R:MaxHeapSize=32m -R:MaxNewSize=2m -R:MinHeapSize=5m -R:+ExitOnOutOfMemoryError \
    -o mesos-iam-agent -jar mesos-iam-agent.jar

FROM ${JRE_IMAGE} AS jvm
# the packet filter's programs, which the agent runs to maintain its rules: nft, or iptables on a host that uses it; iproute2 is for `doctor`
RUN apt-get update && apt-get install -y --no-install-recommends nftables iptables iproute2 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/mesos-iam
COPY --from=build /src/modules/agent/target/mesos-iam-agent.jar .
# healthy while its metrics answer on the default address; with another MESOS_IAM_AGENT_METRICS_LISTEN give --health-cmd, with "off" --no-healthcheck
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/51680 && printf 'GET /metrics HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# small and quick to start: C1 alone costs no throughput here
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms4m", "-Xmx32m", "-Xss256k", "-XX:-UsePerfData", "-XX:ReservedCodeCacheSize=16m", "-XX:MaxMetaspaceSize=48m", "-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-jar", "mesos-iam-agent.jar"]

FROM ${NATIVE_RUN_IMAGE} AS native
RUN apt-get update && apt-get install -y --no-install-recommends nftables iptables iproute2 && rm -rf /var/lib/apt/lists/*
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/51680 && printf 'GET /metrics HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
COPY --from=native-build /build/mesos-iam-agent /usr/local/bin/mesos-iam-agent
ENTRYPOINT ["mesos-iam-agent"]
