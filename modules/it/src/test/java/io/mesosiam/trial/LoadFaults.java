package io.mesosiam.trial;

import io.mesosiam.fakes.TestPort;
import io.mesosiam.sandbox.cluster.TaskState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Tasks that fail in masses, and keys that leak. */
final class LoadFaults {
    private static final int FAILURES_PER_SECOND = 200;

    static final List<Trial> TRIALS = List.of(
            new Trial("task-flood", "200 tasks a second start and fail at once, for 20 s", LoadFaults::flood),
            leakedKey());

    private LoadFaults() {}

    private static void flood(TrialSite site) throws InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < FAILURES_PER_SECOND * 20; i++) {
            site.load().fail(site.load().hosts().get(i % site.load().hosts().size()));
            long due = begun + i * (1_000_000_000L / FAILURES_PER_SECOND);
            Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        }
    }

    private static Trial leakedKey() {
        AtomicInteger api = new AtomicInteger();
        return new Trial(
                "leaked-key",
                "a key of one task has leaked: revoked with its sessions at AWS; wrong if it is served 1 s later",
                Requirement.NOTHING,
                setup -> {
                    api.set(TestPort.claim());
                    return setup.controllers(1)
                            .controllerSetting("QUARKUS_HTTP_PORT", String.valueOf(api.get()))
                            .controllerSetting("MESOS_IAM_API_PLAIN_HTTP", "true")
                            .controllerSetting("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "operator")
                            .controllerSetting("MESOS_IAM_REVOKE_ROLE_NAME", "mesos-iam-revoker");
                },
                site -> revoke(site, api.get()));
    }

    private static void revoke(TrialSite site, int api) throws Exception {
        TrialTask task = site.load().startOn(site.load().hosts().getLast());
        while (!task.hasHadCredentials()) {
            Thread.sleep(Duration.ofMillis(50));
        }
        Instant begun = Instant.now();
        String body = "{\"frameworkId\": \"" + task.key().frameworkId() + "\", \"taskId\": \""
                + task.key().taskId() + "\", \"hard\": true}";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + api + "/api/v1/revocations?reason=leaked"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException("not revoked: " + answer.body());
            }
        }
        Thread.sleep(Duration.ofSeconds(1));
        site.judge().forbid(task);
        String role = task.roleArn().replaceFirst(".*/", "");
        while (site.sts().inlinePolicies(role).isEmpty()) {
            Thread.sleep(Duration.ofMillis(50));
        }
        System.out.println("  denied at AWS after ms "
                + Duration.between(begun, Instant.now()).toMillis());
        Thread.sleep(Duration.ofSeconds(15));
        site.load().end(task, TaskState.KILLED);
    }
}
