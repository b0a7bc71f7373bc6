package io.mesosiam.controller;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The controller jar under requests of signed-in callers, over TLS, with 100,000 leases in its table: the CPU time of
 * the controller for each request, and for the listing of all leases in pages of 1,000. The ways of signing in are measured
 * in turn. Arguments: the jar, requests a second, seconds of each measurement, {@code oidc} to measure tokens of 100 people
 * of a provider too.
 */
public final class ApiBenchmark {
    private static final int LEASES = 100_000;
    private static final int CONNECTIONS = 16;
    private static final int PEOPLE = 100;
    private static final int LISTINGS = 5;
    private static final String CALLER = "/api/v1/tokens/caller";
    private static final Pattern PRINTED = Pattern.compile("not shown again: (mia_[A-Za-z0-9_-]{43})");
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"(mia_[A-Za-z0-9_-]{43})\"");
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    private final Path directory;
    private final int rate;
    private final int seconds;
    private final URI api;
    private final TestCa ca;
    private final SSLContext trust;
    private final ControllerProcess controller;

    /**
     * A way of signing in.
     *
     * @param tokens bearer tokens that requests have in turn; empty for a client certificate
     */
    private record SignIn(String name, SSLContext context, List<String> tokens) {}

    private ApiBenchmark(Path directory, int rate, int seconds, URI api, TestCa ca, ControllerProcess controller)
            throws Exception {
        this.directory = directory;
        this.rate = rate;
        this.seconds = seconds;
        this.api = api;
        this.ca = ca;
        this.trust = context(ca, null);
        this.controller = controller;
    }

    public static void main(String... arguments) throws Exception {
        Path jar = Path.of(arguments[0]);
        int rate = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        Path directory = Files.createTempDirectory("mesos-iam-api");
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            fill(database);
            TestCa ca = TestCa.in(directory);
            int port = TestPort.claim();
            URI api = URI.create("https://localhost:" + port);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            settings.put("QUARKUS_HTTP_PORT", String.valueOf(port));
            settings.put("MESOS_IAM_API_CLIENT_CA_FILE", ca.certificateFile().toString());
            settings.put("MESOS_IAM_SIGN_IN_CERTIFICATE_MAPPING", "cn:reader=viewer");
            int issuer = TestPort.claim();
            boolean oidc = List.of(arguments).contains("oidc");
            if (oidc) {
                OidcProvider.install(directory);
                settings.put("MESOS_IAM_SIGN_IN_OIDC_ISSUER", "http://127.0.0.1:" + issuer);
                settings.put("MESOS_IAM_SIGN_IN_OIDC_CLIENT_ID", OidcProvider.CLIENT);
                settings.put(
                        "MESOS_IAM_SIGN_IN_OIDC_CLIENT_SECRET_FILE",
                        Files.writeString(directory.resolve("secret"), OidcProvider.SECRET)
                                .toString());
                settings.put("MESOS_IAM_SIGN_IN_OIDC_NAME_CLAIM", "email");
                settings.put("MESOS_IAM_SIGN_IN_ROLE_MAPPING", "readers=viewer");
            }
            try (ControllerProcess controller =
                    ControllerProcess.start(directory, "controller-1", jar, List.of("-Xmx512m"), settings)) {
                controller.awaitReady();
                ApiBenchmark benchmark = new ApiBenchmark(directory, rate, seconds, api, ca, controller);
                benchmark.run(oidc ? Optional.of(issuer) : Optional.empty());
            }
        }
    }

    private static void fill(TestDatabase database) {
        database.execute("""
                insert into policy (name, effect, task_name, iam_role_arn)
                select 'p' || i, 'allow', 'app-' || i || '.*', 'arn:aws:iam::111122223333:role/app-' || i
                from generate_series(1, 100) i""");
        database.execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                    policy_id, identity_hash, session_name, witnessed, container_id, created_at, state, expiration, renew_at,
                    revision)
                select gen_random_uuid(), 'F1', 'task-' || i, 'S' || i %% 5000, 1, 'default',
                    'arn:aws:iam::111122223333:role/app-' || i %% 100, gen_random_uuid(), repeat('ab', 32), 'session-' || i,
                    true, 'c-' || i, now(), 'active', now() + interval '1 hour', now() + interval '40 minutes', 1
                from generate_series(1, %d) i""".formatted(LEASES));
    }

    private void run(Optional<Integer> issuer) throws Exception {
        System.out.println("controller " + controller.pid());
        SignIn token = new SignIn("API token", trust, List.of(token()));
        SignIn certificate = new SignIn(
                "client certificate", context(ca, ca.issueWithoutNames("reader").keyManagers()), List.of());
        load("warming up", CALLER, token);
        for (int i = 0; i < LISTINGS; i++) {
            list(token);
        }
        load("warming up", "/api/v1/policies?limit=100", token);
        load("a page of 100 policies", "/api/v1/policies?limit=100", token);
        List<SignIn> all = new ArrayList<>(List.of(token, certificate));
        if (issuer.isEmpty()) {
            signIns(all);
            return;
        }
        try (OidcProvider provider = OidcProvider.start(directory, issuer.get(), api.resolve("/sign-in"))) {
            List<String> people = new ArrayList<>();
            for (int i = 0; i < PEOPLE; i++) {
                people.add(provider.accessTokenOf("person-" + i + "@example.org", OidcProvider.CLIENT, "readers"));
            }
            try (HttpClient http = client(trust)) {
                while (get(http, CALLER, Optional.of(people.getFirst())).statusCode() != 200) {
                    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                }
            }
            all.add(new SignIn("token of a provider, " + PEOPLE + " people", trust, people));
            signIns(all);
        }
    }

    private void signIns(List<SignIn> all) throws InterruptedException {
        for (String round : List.of("warming up", "first", "second")) {
            for (SignIn way : all) {
                load(round, CALLER, way);
            }
        }
    }

    /** Requests at a steady rate; each connection has one thread, which sends its next request at the planned time. */
    private void load(String what, String path, SignIn way) throws InterruptedException {
        int each = rate * seconds / CONNECTIONS;
        long[][] took = new long[CONNECTIONS][each];
        AtomicInteger failed = new AtomicInteger();
        Duration before = cpu();
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int connection = i;
            long[] own = took[i];
            threads.add(Thread.ofPlatform().start(() -> {
                try (HttpClient http = client(way.context())) {
                    for (int n = 0; n < each; n++) {
                        LockSupport.parkNanos(begin + n * 1_000_000_000L * CONNECTIONS / rate - System.nanoTime());
                        long sent = System.nanoTime();
                        if (get(http, path, credential(way, n * CONNECTIONS + connection))
                                        .statusCode()
                                != 200) {
                            failed.incrementAndGet();
                        }
                        own[n] = System.nanoTime() - sent;
                    }
                } catch (IOException | InterruptedException e) {
                    failed.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double elapsed = (System.nanoTime() - begin) / 1e9;
        double used = cpu().minus(before).toNanos() / 1e6;
        long[] all = Arrays.stream(took).flatMapToLong(Arrays::stream).sorted().toArray();
        System.out.printf(
                "%-60s %.0f requests/s, %d failed; controller CPU %.2f ms a request; p50 %.1f ms, p99 %.1f ms%n",
                way.name() + ", " + what,
                all.length / elapsed,
                failed.get(),
                used / all.length,
                all[all.length / 2] / 1e6,
                all[all.length * 99 / 100] / 1e6);
    }

    private static Optional<String> credential(SignIn way, int request) {
        List<String> tokens = way.tokens();
        return tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(request % tokens.size()));
    }

    private void list(SignIn way) throws IOException, InterruptedException {
        Duration before = cpu();
        long begin = System.nanoTime();
        int leases = 0;
        int pages = 0;
        try (HttpClient http = client(way.context())) {
            for (Optional<String> cursor = Optional.of(""); cursor.isPresent(); pages++) {
                String page = get(http, "/api/v1/leases?limit=1000" + cursor.get(), credential(way, 0))
                        .body();
                leases += page.split("\"leaseId\"", -1).length - 1;
                cursor = NEXT.matcher(page.substring(Math.max(0, page.length() - 500)))
                        .results()
                        .findFirst()
                        .map(next -> "&cursor=" + next.group(1));
            }
        }
        System.out.printf(
                "%d leases in %d pages: %.2f s, controller CPU %.2f s%n",
                leases,
                pages,
                (System.nanoTime() - begin) / 1e9,
                cpu().minus(before).toMillis() / 1e3);
    }

    private Duration cpu() {
        return ProcessHandle.of(controller.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    /** A token of a viewer, made with the bootstrap token that the controller prints. */
    private String token() throws IOException, InterruptedException {
        Matcher printed = PRINTED.matcher(controller.text());
        if (!printed.find()) {
            throw new IllegalStateException(controller.text());
        }
        String body = "{\"name\":\"benchmark\",\"roles\":[\"viewer\"],\"expiresAt\":\""
                + Instant.now().plus(Duration.ofDays(1)) + "\"}";
        try (HttpClient http = client(trust)) {
            for (int i = 0; ; i++) {
                try {
                    String answer = http.send(
                                    request("/api/v1/tokens", Optional.of(printed.group(1)))
                                            .header("Content-Type", "application/json")
                                            .POST(BodyPublishers.ofString(body))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body();
                    Matcher token = TOKEN.matcher(answer);
                    if (!token.find()) {
                        throw new IllegalStateException(answer);
                    }
                    return token.group(1);
                } catch (IOException notOpenYet) {
                    if (i == 50) {
                        throw notOpenYet;
                    }
                    LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                }
            }
        }
    }

    private HttpRequest.Builder request(String path, Optional<String> token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path)).timeout(Duration.ofSeconds(30));
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    private HttpResponse<String> get(HttpClient http, String path, Optional<String> token)
            throws IOException, InterruptedException {
        return http.send(request(path, token).build(), BodyHandlers.ofString());
    }

    private static HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .build();
    }

    private static SSLContext context(TestCa ca, KeyManager @Nullable [] keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var file = Files.newInputStream(ca.certificateFile())) {
            trusted.setCertificateEntry("ca", (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, managers.getTrustManagers(), null);
        return context;
    }
}
