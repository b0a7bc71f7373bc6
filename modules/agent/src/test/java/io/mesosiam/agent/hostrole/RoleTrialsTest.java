package io.mesosiam.agent.hostrole;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trying roles with the credentials of a metadata service at an STS, both over real HTTP. */
class RoleTrialsTest {
    private static final String ACCOUNT = "123456789012";
    private static final String REPORTS = "arn:aws:iam::123456789012:role/reports";
    private static final String BACKUP = "arn:aws:iam::999999999999:role/team/backup";
    private static final Duration LONG = TimeLimit.seconds(20);

    private final BlockingQueue<AgentMessage> answers = new LinkedBlockingQueue<>();
    private final List<Map<String, String>> forms = new CopyOnWriteArrayList<>();
    private final Map<String, Reply> byRole = new ConcurrentHashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private FakeMetadata metadata;
    private HttpServer sts;

    /** What STS does for one role. */
    private interface Reply {
        void send(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        metadata = FakeMetadata.withRole(ACCOUNT, "web-host", "ASIAEXAMPLEEXAMPLE12", "secret-key", "session-token");
        sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.setExecutor(threads);
        sts.createContext("/", exchange -> {
            try (exchange) {
                Map<String, String> form = form(exchange);
                forms.add(form);
                byRole.getOrDefault(form.get("RoleArn"), error(403, "AccessDenied"))
                        .send(exchange);
            }
        });
        sts.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        metadata.close();
        sts.stop(0);
        threads.shutdownNow();
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return Arrays.stream(form.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static Reply reply(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private static Reply error(int status, String code) {
        return reply(
                status,
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n"
                        + "    <Code>" + code + "</Code>\n    <Message>no</Message>\n  </Error>\n</ErrorResponse>");
    }

    private RoleTrials trials(Duration call) {
        return new RoleTrials(
                metadata.client(TimeLimit.millis(5_000)),
                Optional.of(URI.create("http://127.0.0.1:" + sts.getAddress().getPort())),
                InstantSource.system(),
                call);
    }

    private RolesTried tried(String... roles) throws InterruptedException {
        return tried(trials(LONG), roles);
    }

    private RolesTried tried(RoleTrials trials, String... roles) throws InterruptedException {
        trials.accept(new TryRoles(7, "web-host", ACCOUNT, List.of(roles)), answers::add);
        return (RolesTried) answers.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void rolesThatStsGivesAreAssumableAndOthersRefused() throws Exception {
        byRole.put(
                REPORTS,
                reply(200, "<AssumeRoleResponse><SecretAccessKey>made</SecretAccessKey></AssumeRoleResponse>"));

        assertThat(tried(BACKUP, REPORTS)).isEqualTo(new RolesTried(7, List.of(REPORTS), 1, List.of()));
        assertThat(forms)
                .hasSize(2)
                .allSatisfy(
                        form -> assertThat(form)
                                .containsEntry("Action", "AssumeRole")
                                .containsEntry("DurationSeconds", "900")
                                .containsEntry("RoleSessionName", "mesos-iam-host-role-trial")
                                .containsEntry(
                                        "Policy",
                                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"));
    }

    @Test
    void answerWithCredentialsIsNotRead() throws Exception {
        byRole.put(REPORTS, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<AssumeRoleResponse>".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await();
        });

        // the rest of the answer never arrives, and no time limit passes
        assertThat(tried(REPORTS, BACKUP)).isEqualTo(new RolesTried(7, List.of(REPORTS), 1, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "400, Throttling, throttled, STS answers with status 400 and code Throttling",
        "429, Other, throttled, STS answers with status 429 and code Other",
        "403, ExpiredToken, unexpected-answer, STS answers with status 403 and code ExpiredToken",
        "403, InvalidClientTokenId, unexpected-answer, STS answers with status 403 and code InvalidClientTokenId",
        "403, '', unexpected-answer, STS answers with status 403 and no code",
        "400, AccessDenied, unexpected-answer, STS answers with status 400 and code AccessDenied",
        "500, InternalFailure, unexpected-answer, STS answers with status 500 and code InternalFailure",
        "302, AccessDenied, unexpected-answer, STS answers with status 302 and code AccessDenied"
    })
    void otherAnswersAreNoResult(int status, String code, String word, String message) throws Exception {
        byRole.put(REPORTS, error(status, code));

        assertThat(tried(REPORTS))
                .isEqualTo(new RolesTried(7, List.of(), 0, List.of(new Untried(REPORTS, word, message))));
    }

    @Test
    void malformedXmlIsNoResult() throws Exception {
        byRole.put(REPORTS, reply(403, "<ErrorResponse><Error><Code>Access"));
        byRole.put(BACKUP, reply(403, "\u0000\uffff<html>"));

        assertThat(tried(REPORTS, BACKUP).untried())
                .extracting(Untried::message)
                .containsOnly("STS answers with status 403 and no code");
    }

    @Test
    void hugeErrorIsNotReadToItsEnd() throws Exception {
        byRole.put(REPORTS, exchange -> {
            exchange.sendResponseHeaders(403, 0);
            byte[] part = new byte[8192];
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(part);
            }
        });

        RolesTried tried = tried(REPORTS, BACKUP);

        assertThat(tried.assumable()).isEmpty();
        assertThat(tried.untried()).extracting(Untried::iamRoleArn).containsExactly(REPORTS, BACKUP);
        assertThat(tried.untried()).extracting(Untried::code).containsOnly("no-answer");
    }

    @Test
    void stsThatDoesNotAnswerEndsTheBatchAfterTheLimitOfOneCall() throws Exception {
        byRole.put(REPORTS, _ -> await());

        assertThat(tried(trials(Duration.ofMillis(50)), REPORTS, BACKUP).untried())
                .extracting(Untried::code)
                .containsExactly("no-answer", "no-answer");
        assertThat(forms).hasSize(1);
    }

    @Test
    void throttledStsEndsTheBatch() throws Exception {
        byRole.put(REPORTS, error(400, "Throttling"));

        assertThat(tried(BACKUP, REPORTS, BACKUP, BACKUP))
                .satisfies(tried -> assertThat(tried.refused()).isEqualTo(1))
                .satisfies(tried -> assertThat(tried.untried())
                        .hasSize(3)
                        .extracting(Untried::code)
                        .containsOnly(Untried.THROTTLED));
        assertThat(forms).hasSize(2);
    }

    @Test
    void unreachableStsIsNoResult() throws Exception {
        RoleTrials trials = new RoleTrials(
                metadata.client(TimeLimit.millis(5_000)),
                Optional.of(URI.create("http://127.0.0.1:" + TestPort.claim())),
                InstantSource.system(),
                LONG);

        assertThat(tried(trials, REPORTS).untried()).singleElement().satisfies(untried -> {
            assertThat(untried.code()).isEqualTo("no-answer");
            assertThat(untried.message()).endsWith("connection refused");
        });
    }

    @Test
    void roleOfAnotherPartitionIsNotTried() throws Exception {
        assertThat(tried("arn:aws-cn:iam::123456789012:role/r").untried())
                .extracting(Untried::code)
                .containsExactly("other-partition");
        assertThat(forms).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            /latest/meta-data/iam/security-credentials/,         200, other-host,    other-role
            /latest/meta-data/iam/security-credentials/,         404, '',            other-role
            /latest/meta-data/iam/info,                          404, '',            other-role
            /latest/meta-data/placement/region,                  404, '',            no-region
            /latest/meta-data/placement/region,                  200, evil.example,  no-region
            /latest/meta-data/iam/security-credentials/web-host, 404, '',            no-credentials
            /latest/meta-data/iam/security-credentials/web-host, 200, <html>,        no-credentials
            """)
    void nothingIsTriedWithoutTheCredentialsOfTheRole(String path, int status, String body, String code)
            throws Exception {
        metadata.answer(path, status, body);

        assertThat(tried(REPORTS, BACKUP).untried()).extracting(Untried::code).containsExactly(code, code);
        assertThat(forms).isEmpty();
    }

    @Test
    void metadataServiceThatIsGoneIsNoResult() throws Exception {
        RoleTrials trials = trials(LONG);
        metadata.close();

        assertThat(tried(trials, REPORTS).untried()).extracting(Untried::code).containsExactly("no-metadata");
    }

    @Test
    void requestDuringABatchIsDropped() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        byRole.put(REPORTS, exchange -> {
            asked.countDown();
            await();
            error(403, "AccessDenied").send(exchange);
        });
        RoleTrials trials = trials(LONG);

        trials.accept(new TryRoles(1, "web-host", ACCOUNT, List.of(REPORTS)), answers::add);
        assertThat(asked.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        trials.accept(new TryRoles(2, "web-host", ACCOUNT, List.of(BACKUP)), answers::add);
        end.countDown();

        assertThat(answers.poll(LONG.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(new RolesTried(1, List.of(), 1, List.of()));
        assertThat(answers).isEmpty();
        assertThat(forms).hasSize(1);
    }

    @Test
    void secretsAreNeitherLoggedNorReported() throws Exception {
        try (LogRecords records = new LogRecords("io.mesosiam.agent")) {
            byRole.put(REPORTS, reply(500, "<Code>secret-key session-token</Code>"));

            assertThat(tried(REPORTS, BACKUP).toString()).doesNotContain("secret-key", "session-token");
            assertThat(records.texts())
                    .isNotEmpty()
                    .noneMatch(line -> line.contains("secret-key") || line.contains("session-token"));
        }
    }

    private void await() {
        try {
            boolean ignored = end.await(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
