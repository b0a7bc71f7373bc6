package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The controller jar with TLS on its API: bootstrap token, client certificates, renewed files, and a real provider. */
class SignInIT {
    private static final Pattern PRINTED = Pattern.compile("not shown again: (mia_[A-Za-z0-9_-]{43})");
    private static final String CALLER = "/api/v1/tokens/caller";

    /** Enough for the handshake of the first request. */
    private static final Duration LEFT = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa ca;
    private TestCa.Identity identity;
    private URI api;
    private Map<String, String> settings;

    @BeforeEach
    void start() throws Exception {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        ca = TestCa.in(directory);
        identity = ca.issue("dns:localhost");
        int port = freePort();
        api = URI.create("https://localhost:" + port);
        settings = ControllerProcess.settings(database, master, sts, ca, identity);
        settings.put("QUARKUS_HTTP_PORT", String.valueOf(port));
    }

    @AfterEach
    void close() {
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void printedBootstrapTokenEndsWithTheFirstAdminsCertificate() throws Exception {
        Path authorities = Files.copy(ca.certificateFile(), directory.resolve("clients.pem"));
        settings.put("MESOS_IAM_API_CLIENT_CA_FILE", authorities.toString());
        settings.put("MESOS_IAM_SIGN_IN_CERTIFICATE_MAPPING", "dns:admin.example=admin,cn:reader=viewer");
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings);
                HttpClient plain = client(Optional.empty());
                HttpClient admin = client(Optional.of(ca.issue("dns:admin.example")));
                HttpClient reader = client(Optional.of(ca.issueWithoutNames("reader")));
                HttpClient other = client(Optional.of(ca.issue("dns:other.example")))) {
            awaitReady(controller);
            String bootstrap = printed(controller);
            HttpClient expiring = client(Optional.of(ca.issueExpiring(LEFT, "dns:expiring.example")));
            assertThat(get(expiring, CALLER, Optional.empty()).statusCode()).isEqualTo(200);

            assertThat(get(plain, CALLER, Optional.empty()).statusCode()).isEqualTo(401);
            // the client would take HTTP/2
            assertThat(get(plain, CALLER, Optional.empty()).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(get(plain, CALLER, Optional.of(bootstrap)).body()).contains("\"bootstrap\"");
            assertThat(get(other, "/api/v1/policies", Optional.empty()).statusCode())
                    .isEqualTo(403);
            assertThat(get(reader, CALLER, Optional.empty()).body()).contains("certificate:CN=reader", "\"viewer\"");
            assertThat(get(plain, CALLER, Optional.of(bootstrap)).statusCode()).isEqualTo(200);
            assertThat(get(admin, CALLER, Optional.empty()).body())
                    .contains("certificate:CN=admin.example", "\"admin\"");
            Awaitility.await("the bootstrap token has ended")
                    .atMost(TimeLimit.seconds(20))
                    .until(() -> get(plain, CALLER, Optional.of(bootstrap)).statusCode() == 401);
            // it is refused before its row is written
            Awaitility.await("the token's end is recorded")
                    .atMost(TimeLimit.seconds(20))
                    .untilAsserted(() -> assertThat(
                                    database.query("select actor from audit_event where kind = 'token.revoked'"))
                            .containsExactly("certificate:CN=admin.example"));
            assertThat(database.query("select kind from audit_event where kind like '%.refused'"))
                    .contains("sign-in.refused", "access.refused");
            // a new connection would fail in its handshake
            Awaitility.await("the certificate has expired on the open connection")
                    .atMost(LEFT.plus(TimeLimit.seconds(20)))
                    .until(() -> get(expiring, CALLER, Optional.empty()).statusCode() == 401);
            expiring.close();
            assertThat(database.query("select detail::text || message from audit_event"))
                    .noneMatch(text -> text.contains(bootstrap));
            assertThat(get(reader, CALLER, Optional.empty()).statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> stream = reader.sendAsync(
                    HttpRequest.newBuilder(api.resolve("/api/v1/watch/policies"))
                            .build(),
                    BodyHandlers.ofString());
            TestCa next = TestCa.in(Files.createDirectory(directory.resolve("next")));
            Files.copy(next.certificateFile(), authorities, StandardCopyOption.REPLACE_EXISTING);

            Awaitility.await("an open connection has no longer the rights of its certificate")
                    .atMost(TimeLimit.seconds(40))
                    .until(() -> get(reader, CALLER, Optional.empty()).statusCode() == 401);
            assertThat(stream.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS)
                            .body())
                    .contains("event: synced", "\"code\":\"signed-out\"");
        }
    }

    @Test
    void renewedCertificateIsUsedWithoutARestart() throws Exception {
        Path certificate = Files.copy(identity.certificate(), directory.resolve("api.pem"));
        Path key = Files.copy(identity.key(), directory.resolve("api.key"));
        settings.put("MESOS_IAM_API_CERTIFICATE_FILE", certificate.toString());
        settings.put("MESOS_IAM_API_KEY_FILE", key.toString());
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            awaitReady(controller);
            Object before = serial();
            TestCa.Identity next = ca.issue("dns:localhost");

            Files.copy(next.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), key, StandardCopyOption.REPLACE_EXISTING);

            Awaitility.await("the new certificate is served")
                    .atMost(TimeLimit.seconds(40))
                    // a connection in the moment of the replacement can fail: decision 39
                    .ignoreExceptionsMatching(IOException.class::isInstance)
                    .until(() -> !serial().equals(before));
        }
    }

    @Test
    void callersOfAProviderHaveTheRolesOfTheMapping() throws Exception {
        OidcProvider.install(directory);
        int port = freePort();
        settings.put("MESOS_IAM_SIGN_IN_OIDC_ISSUER", "http://127.0.0.1:" + port);
        settings.put("MESOS_IAM_SIGN_IN_OIDC_CLIENT_ID", OidcProvider.CLIENT);
        settings.put(
                "MESOS_IAM_SIGN_IN_OIDC_CLIENT_SECRET_FILE",
                Files.writeString(directory.resolve("secret"), OidcProvider.SECRET)
                        .toString());
        settings.put("MESOS_IAM_SIGN_IN_OIDC_AUDIENCE", "api");
        settings.put("MESOS_IAM_SIGN_IN_ROLE_MAPPING", "admin=admin,readers=viewer:/data");
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings);
                HttpClient http = client(Optional.empty())) {
            awaitReady(controller);
            // the provider is down: other ways of signing in work
            assertThat(get(http, CALLER, Optional.of(printed(controller))).statusCode())
                    .isEqualTo(200);
            try (OidcProvider provider = OidcProvider.start(directory, port, api.resolve("/sign-in"))) {
                String reader = provider.accessToken("api", "readers");

                Awaitility.await("the controller finds the provider")
                        .atMost(TimeLimit.seconds(40))
                        .until(() -> get(http, CALLER, Optional.of(reader)).statusCode() == 200);
                assertThat(get(http, CALLER, Optional.of(reader)).body())
                        .contains("\"oidc:mesos-iam\"", "\"viewer:/data\"");
                assertThat(get(http, "/api/v1/leases", Optional.of(reader)).body())
                        .contains("\"items\":[]");
                assertThat(get(http, "/api/v1/policies", Optional.of(provider.accessToken("api", "nothing")))
                                .statusCode())
                        .isEqualTo(403);
                for (String audience : new String[] {"other", OidcProvider.CLIENT}) {
                    assertThat(get(http, CALLER, Optional.of(provider.accessToken(audience, "admin")))
                                    .statusCode())
                            .isEqualTo(401);
                }
                assertThat(get(http, CALLER, Optional.of(provider.accessTokenWithText("api", "guests admin")))
                                .body())
                        .contains("\"roles\":[]");
                assertThat(get(http, CALLER, Optional.of(provider.accessTokenWithText("api", "readers")))
                                .body())
                        .contains("\"viewer:/data\"");
                for (String forged : new String[] {unsigned(reader), signedWithTheSecret(reader), reader + "x"}) {
                    assertThat(get(http, CALLER, Optional.of(forged)).statusCode())
                            .isIn(401, 429);
                }
                signInWithABrowser(controller, provider);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "GOOD", mode = EnumSource.Mode.EXCLUDE)
    void faultyProviderHoldsUpNoOtherSignIn(FaultyProvider.Keys faulty) throws Exception {
        settings.put("JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+ExitOnOutOfMemoryError");
        settings.put("MESOS_IAM_SIGN_IN_OIDC_CLIENT_ID", OidcProvider.CLIENT);
        settings.put("MESOS_IAM_SIGN_IN_ROLE_MAPPING", "admin=admin");
        try (FaultyProvider provider = FaultyProvider.start(faulty)) {
            settings.put("MESOS_IAM_SIGN_IN_OIDC_ISSUER", provider.issuer().toString());
            String token = provider.token(OidcProvider.CLIENT);
            try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings);
                    HttpClient http = client(Optional.empty())) {
                awaitReady(controller);
                String bootstrap = printed(controller);
                assertThat(statuses(sendEight(http, token))).containsOnly(503);

                provider.hang();
                int before = provider.requests();
                assertThat(statuses(sendEight(http, token))).containsOnly(503);
                assertThat(get(http, CALLER, Optional.of(bootstrap)).statusCode())
                        .isEqualTo(200);
                assertThat(get(http, CALLER, Optional.empty()).statusCode()).isEqualTo(401);
                // those of the controller's own search
                assertThat(provider.requests() - before).isLessThan(8);

                provider.answer(FaultyProvider.Keys.GOOD);
                Awaitility.await("the controller finds the provider")
                        .atMost(TimeLimit.seconds(60))
                        .until(() -> get(http, CALLER, Optional.of(token)).statusCode() == 200);
                assertThat(statuses(sendEight(http, token))).containsOnly(200);
            }
        }
    }

    private List<CompletableFuture<HttpResponse<String>>> sendEight(HttpClient http, String token) {
        HttpRequest request = HttpRequest.newBuilder(api.resolve(CALLER))
                .header("Authorization", "Bearer " + token)
                .build();
        return Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofString()))
                .limit(8)
                .toList();
    }

    private static List<Integer> statuses(List<CompletableFuture<HttpResponse<String>>> answers) throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .get(TimeLimit.seconds(40).toSeconds(), TimeUnit.SECONDS);
        return answers.stream().map(answer -> answer.join().statusCode()).toList();
    }

    /** Follows the redirects of the authorization code flow, as a browser does. */
    private void signInWithABrowser(ControllerProcess controller, OidcProvider provider) throws Exception {
        CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
        try (HttpClient stranger = client(Optional.empty());
                HttpClient browser = HttpClient.newBuilder()
                        .sslContext(TestTls.context(ca.certificateFile(), Optional.empty()))
                        .cookieHandler(cookies)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build()) {
            URI next = api.resolve("/openapi");
            HttpResponse<String> answer = send(browser, HttpRequest.newBuilder(next));
            for (int i = 0; answer.statusCode() / 100 == 3 && i < 12; i++) {
                assertThat(next.getAuthority())
                        .isIn(api.getAuthority(), provider.issuer().getAuthority());
                answer.headers().allValues("Set-Cookie").stream()
                        .filter(cookie -> cookie.startsWith("q_session"))
                        .forEach(cookie -> assertThat(cookie).contains("HTTPOnly", "Secure", "SameSite="));
                next = next.resolve(answer.headers().firstValue("Location").orElseThrow());
                answer = send(browser, HttpRequest.newBuilder(next));
            }

            assertThat(answer.statusCode())
                    .as(next + answer.body() + controller.text())
                    .isEqualTo(200);
            assertThat(next.getPath()).isEqualTo("/openapi");
            for (String hostile : new String[] {
                "/docs//evil.example",
                "/openapi?redirect_uri=https://evil.example/",
                "/sign-in?code=x&state=y",
                "/sign-in?code=x&state=https://evil.example/",
                "/sign-in?redirect_uri=https://evil.example/&error=x&state=y"
            }) {
                for (HttpClient caller : new HttpClient[] {browser, stranger}) {
                    assertThat(send(caller, HttpRequest.newBuilder(api.resolve(hostile)))
                                    .headers()
                                    .firstValue("Location")
                                    .map(api::resolve)
                                    .map(URI::getAuthority))
                            .as(hostile)
                            .isIn(
                                    Optional.empty(),
                                    Optional.of(api.getAuthority()),
                                    Optional.of(provider.issuer().getAuthority()));
                }
            }
            assertThat(send(browser, HttpRequest.newBuilder(api.resolve(CALLER)))
                            .body())
                    .contains("\"oidc:admin\"", "\"admin\"");
            HttpRequest.Builder change =
                    HttpRequest.newBuilder(api.resolve("/api/v1/tokens/none")).DELETE();
            assertThat(send(browser, change).body()).contains("\"cross-site\"");
            assertThat(send(browser, change.header("X-Mesos-Iam-Request", "1")).statusCode())
                    .isEqualTo(404);
        }
    }

    private static String unsigned(String token) {
        return base64("{\"alg\":\"none\"}") + "." + token.split("\\.", -1)[1] + ".";
    }

    private static String signedWithTheSecret(String token) throws Exception {
        String content = base64("{\"alg\":\"HS256\"}") + "." + token.split("\\.", -1)[1];
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(OidcProvider.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return content + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The API opens last, after the controller is ready. */
    private void awaitReady(ControllerProcess controller) {
        controller.awaitReady();
        Awaitility.await("the API is open")
                .atMost(TimeLimit.seconds(20))
                .ignoreExceptionsMatching(IOException.class::isInstance)
                .until(() -> serial() != null);
    }

    private static String printed(ControllerProcess controller) {
        Matcher token = PRINTED.matcher(controller.text());
        assertThat(token.find()).as(controller.text()).isTrue();
        return token.group(1);
    }

    private HttpResponse<String> get(HttpClient http, String path, Optional<String> token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path));
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return send(http, request);
    }

    private static HttpResponse<String> send(HttpClient http, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.timeout(TimeLimit.seconds(20)).build(), BodyHandlers.ofString());
    }

    /** The serial number of the certificate that the API shows to a new connection. */
    private Object serial() throws Exception {
        try (HttpClient http = client(Optional.empty())) {
            return ((X509Certificate) get(http, CALLER, Optional.empty())
                            .sslSession()
                            .orElseThrow()
                            .getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    private HttpClient client(Optional<TestCa.Identity> identity) {
        return HttpClient.newBuilder()
                .sslContext(TestTls.context(ca.certificateFile(), identity))
                .build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
