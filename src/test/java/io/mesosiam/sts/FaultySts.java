package io.mesosiam.sts;

import io.mesosiam.fakes.HttpFaults;
import io.mesosiam.sandbox.sts.Fault;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The sandbox's STS, and answers that it wouldn't give: any error, odd sessions, and no XML. */
final class FaultySts implements AutoCloseable {
    /** The credentials that the sandbox's STS accepts. */
    static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider.create(
            AwsBasicCredentials.create(SandboxSts.controllerAccessKeyId(), SandboxSts.controllerSecretAccessKey()));

    /** The id in errors. */
    static final String REQUEST = "fake-2";

    /** Sessions of an hour expire at the beginning of 2099. */
    static final Instant NOW = Instant.parse("2098-12-31T23:00:00Z");

    private final HttpFaults faults = new HttpFaults();
    private final SandboxSts sts;

    FaultySts() {
        try {
            sts = SandboxSts.start(0, () -> NOW, List.of(faults));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The body of an AssumeRole response. {@code expiration} is an element, or empty. */
    static String session(String keyId, String secretKey, String token, String expiration) {
        return """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>\
                <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken>%s\
                </Credentials></AssumeRoleResult><ResponseMetadata><RequestId>fake-1</RequestId></ResponseMetadata>\
                </AssumeRoleResponse>""".formatted(keyId, secretKey, token, expiration);
    }

    /** Refuses every further request with this error. */
    void fails(int status, String code, String message) {
        answers(status, error(code, message));
    }

    /** Answers every further request with this body. */
    void answers(int status, String body) {
        faults.answers("/", status, body);
    }

    /** Answers further requests as AWS does. */
    void recovers() {
        faults.clear("/");
    }

    /** Answers further requests as AWS does, once the latch is open. */
    void holds(CountDownLatch until) {
        faults.on("/", (exchange, _, own) -> {
            await(until);
            own.handle(exchange);
        });
    }

    /** Refuses further requests with status 500, once the latch is open. */
    void holdsAndFails(CountDownLatch until) {
        sts.fault(Fault.INTERNAL_FAILURE);
        holds(until);
    }

    /** Doesn't answer further AssumeRole requests. */
    void neverAnswers() {
        sts.fault(Fault.NEVER);
    }

    /** Lets sessions of this role assume every role. */
    void hub(String roleArn) {
        sts.hub(roleArn);
    }

    /** Refuses further requests for this role. */
    void denies(String roleArn) {
        sts.fault(roleArn, Fault.ACCESS_DENIED);
    }

    /** Grants further requests for this role again. */
    void grants(String roleArn) {
        sts.fault(roleArn, Fault.NONE);
    }

    URI uri() {
        return sts.uri();
    }

    /** The form fields of every request so far, oldest first. */
    List<Map<String, String>> requests() {
        return faults.requests().stream().map(request -> fields(request.body())).toList();
    }

    @Override
    public void close() {
        sts.close();
    }

    private static String error(String code, String message) {
        return """
                <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
                <Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>""".formatted(code, message, REQUEST);
    }

    private static Map<String, String> fields(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            fields.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException("the test has ended", e);
        }
    }
}
