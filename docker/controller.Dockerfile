# The controller. From the top of the source tree:
#   docker build -f docker/controller.Dockerfile -t mesos-iam-controller .
# The tags below change; a release pins them by digest:
#   --build-arg BUILD_IMAGE=maven@sha256:… --build-arg JRE_IMAGE=eclipse-temurin@sha256:…
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG JRE_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY migrations migrations
COPY src/main src/main
COPY modules modules
RUN --mount=type=cache,target=/m2 ./mvnw -B -ntp -Dmaven.repo.local=/m2 -pl modules/sandbox,modules/agent,modules/controller -am -Dmaven.test.skip=true package

# The AOT cache (docs/controller.md): fits these files and this JVM only, so it is made of both. The class path of the sandbox is in Maven's repository.
# PostgreSQL refuses to run as root, and as a user without a name.
FROM ${JRE_IMAGE} AS aot
RUN useradd --system --no-create-home build && install -d -o build /opt/mesos-iam /build/sandbox
USER build
WORKDIR /opt/mesos-iam
COPY --from=build /src/modules/controller/target/quarkus-app .
COPY --from=build /src/modules/agent/target/mesos-iam-agent.jar /build/
COPY --from=build /src/modules/sandbox/target/classes /build/sandbox/classes
COPY --from=build /src/modules/sandbox/target/sandbox.classpath /build/sandbox/
RUN --mount=type=cache,target=/m2 java --enable-native-access=ALL-UNNAMED \
    -Dmesosiam.controller.jar=/opt/mesos-iam/quarkus-run.jar -Dmesosiam.agent.jar=/build/mesos-iam-agent.jar \
    -cp "/build/sandbox/classes:$(cat /build/sandbox/sandbox.classpath)" \
    io.mesosiam.sandbox.Sandbox --aot-cache=controller.aot

FROM ${JRE_IMAGE}
# a user without a name, a home or a shell: the controller writes no file
USER 10001:10001
WORKDIR /opt/mesos-iam
# rarely changed files first, so a new build changes only small layers
COPY --from=aot /opt/mesos-iam/lib lib
COPY --from=aot /opt/mesos-iam/quarkus quarkus
COPY --from=aot /opt/mesos-iam/quarkus-run.jar .
COPY --from=aot /opt/mesos-iam/app app
COPY --from=aot /opt/mesos-iam/controller.aot .
# the agents' port. The admin API (8080) and health and metrics (9000) listen on loopback: publishing their ports has no effect
EXPOSE 8443
# checks liveness, not readiness: a controller without a master or a database keeps serving the leases that it holds
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9000 && printf 'GET /health/live HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED", "-XX:AOTCache=controller.aot", "-jar", "quarkus-run.jar"]
