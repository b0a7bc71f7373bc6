package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.EnrolmentRecord;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.enrol.authority.RootFile.Root;
import io.mesosiam.enrol.authority.SealingKey;
import io.mesosiam.enrol.ec2.Ec2Config;
import io.mesosiam.enrol.ec2.TestEc2Config;
import io.mesosiam.enrol.port.EnrolmentPort;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pem.PemFiles.Broken;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A controller's two ports for agents, with an authority as {@code ca init} makes it. */
public final class EnrolmentFixture implements AutoCloseable {
    private final Root root = Authority.makeRoot(Instant.now());
    public final ChannelFixture fixture;
    public final EnrolmentPort port;
    private final Path directory;
    private final Path keyFile;
    private final HttpClient client;
    private int identities;

    /** What a host has once it has enrolled. */
    public record Enrolled(KeyPair keys, String certificate, String authorities) {}

    public EnrolmentFixture(Path directory) {
        this(directory, 10_000);
    }

    /** A site whose instances can enrol. */
    public EnrolmentFixture(Path directory, Ec2Config ec2) {
        this(directory, 10_000, ec2);
    }

    public EnrolmentFixture(Path directory, int requestsPerMinute) {
        this(directory, requestsPerMinute, TestEc2Config.off());
    }

    private EnrolmentFixture(Path directory, int requestsPerMinute, Ec2Config ec2) {
        this.directory = directory;
        this.keyFile = directory.resolve("enrol.key");
        this.fixture = new ChannelFixture(keyFile, requestsPerMinute, ec2);
        database().execute("truncate authority, join_token, host, host_certificate, ec2_instance, agent");
        try {
            boolean unused = SealingKey.make(keyFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store("root", Authority.of(root));
        rotate();
        fixture.enrolled.authorities().start();
        fixture.enrolled.evicted().start(fixture.channel::evictionsChanged);
        fixture.channel.certificates().reload();
        this.port = new EnrolmentPort(
                fixture.enrolled.config(),
                fixture.vertx(),
                fixture.channel,
                authorities(),
                enrolment(),
                record(),
                Instant::now,
                fixture.meters);
        port.start();
        this.client = HttpClient.newBuilder()
                .sslContext(TestTls.context(fixture.ca(), Optional.empty()))
                .build();
    }

    public TestDatabase database() {
        return fixture.database();
    }

    public Enrolment enrolment() {
        return fixture.enrolled.enrolment();
    }

    public EnrolmentRecord record() {
        return fixture.enrolled.record();
    }

    public HostAuthorities authorities() {
        return fixture.enrolled.authorities();
    }

    public Path keyFile() {
        return keyFile;
    }

    /** Adds an intermediate, as {@code ca rotate} does. */
    public void rotate() {
        try {
            store("intermediate", Authority.makeIntermediate(root, SealingKey.read(keyFile), Instant.now()));
        } catch (Broken e) {
            throw new IllegalStateException(e.problem());
        }
    }

    /** Adds a root with an intermediate, as {@code ca init --another} does. */
    void anotherRoot() throws Broken {
        Root other = Authority.makeRoot(Instant.now());
        store("root", Authority.of(other));
        store("intermediate", Authority.makeIntermediate(other, SealingKey.read(keyFile), Instant.now()));
    }

    private void store(String kind, Authority authority) {
        database()
                .execute("insert into authority (kind, certificate, fingerprint, sealed_key, expires_at) values ('"
                        + kind
                        + "', " + bytes(Pem.der(authority.certificate())) + ", "
                        + bytes(Pem.fingerprint(authority.certificate())) + ", "
                        + authority.sealedKey().map(EnrolmentFixture::bytes).orElse("null") + ", '"
                        + authority.expiresAt() + "')");
    }

    private static String bytes(byte[] bytes) {
        return "decode('" + HexFormat.of().formatHex(bytes) + "', 'hex')";
    }

    /** A join token for a host, or a pattern, valid for an hour. */
    public JoinToken token(String hostname, int uses) {
        JoinToken token = JoinToken.random(new SecureRandom(), UUID.randomUUID(), "p".repeat(43));
        database()
                .execute("insert into join_token (id, hash, hostname, uses, expires_at) values ('" + token.id()
                        + "', decode('"
                        + HexFormat.of().formatHex(token.hash()) + "', 'hex'), '" + hostname + "', " + uses
                        + ", now() + interval '1 hour')");
        return token;
    }

    public HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri("/v1/enrol"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    public HttpResponse<String> enrol(JoinToken token, String hostname, String csr) throws Exception {
        return post(new JsonObject()
                .put("hostname", hostname)
                .put("csr", csr)
                .put("joinToken", token.reveal())
                .encode());
    }

    /** A request with an identity document. */
    public HttpResponse<String> enrol(byte[] identity, String hostname, String csr) throws Exception {
        return post(new JsonObject()
                .put("hostname", hostname)
                .put("csr", csr)
                .put("ec2Identity", Base64.getEncoder().encodeToString(identity))
                .encode());
    }

    /** Enrols a host whose request is fine. */
    public Enrolled enrolled(String hostname) throws Exception {
        return enrolled(token(hostname, 1), hostname, HostRequests.p256());
    }

    public Enrolled enrolled(JoinToken token, String hostname, KeyPair keys) throws Exception {
        HttpResponse<String> answer = enrol(token, hostname, HostRequests.of(keys, hostname));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonObject body = new JsonObject(answer.body());
        return new Enrolled(keys, body.getString("certificate"), body.getString("authorities"));
    }

    /** The files of an enrolled host, for a stream. */
    public TestCa.Identity identity(Enrolled host) {
        return identity(host.keys(), host.certificate());
    }

    public TestCa.Identity identity(KeyPair keys, String certificate) {
        identities++;
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return new TestCa.Identity(
                written("host" + identities + ".pem", certificate), written("host" + identities + ".key", key));
    }

    /** Why no certificate can be signed. */
    public Optional<String> trouble() {
        return fixture.enrolled.authorities().trouble();
    }

    /** Waits until the controller has read that there are this many roots. */
    void awaitAuthorities(int roots) {
        Awaitility.await().atMost(TimeLimit.seconds(15)).until(() -> {
            var found = fixture.enrolled.authorities();
            return found.roots().size() == roots
                    && found.all().size()
                            == Integer.parseInt(database()
                                    .query("select count(*) from authority")
                                    .getFirst());
        });
    }

    /** The conditions that failed, as the audit trail has them. */
    public List<String> refusals() {
        return database()
                .query("select detail ->> 'condition' from audit_event where kind = 'enrolment.refused' order by id");
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + port.port().orElseThrow() + path);
    }

    private Path written(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        port.close();
        fixture.enrolled.evicted().close();
        fixture.enrolled.authorities().close();
        fixture.enrolled.enrolment().close();
        fixture.close();
    }
}
