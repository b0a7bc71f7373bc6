package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.RootPin;
import io.mesosiam.agent.local.HttpRequest;
import io.mesosiam.agent.local.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;

/**
 * Requests the first certificate from one controller, in two connections. The first reads the controller's roots, of which
 * those remain that are pinned. The second trusts only them, and sends the proof.
 */
record FirstCertificate(InstantSource clock, Duration limit) {
    private static final int MAX_AUTHORITIES = 64 * 1024;
    private static final int MAX_ANSWER = 128 * 1024;

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    Attempt request(URI controller, Proof proof, HostName host, KeyPair key) {
        EnrolmentPort port = new EnrolmentPort(controller, limit);
        try {
            List<X509Certificate> pinned = pinned(port, proof.pin());
            HttpResponse answer = port.send(post(port, proof, host, key), MAX_ANSWER, trusting(pinned));
            return switch (answer.status()) {
                case OK -> {
                    EnrolmentAnswer body = EnrolmentAnswer.read(answer.body());
                    yield new Attempt.Issued(IssuedCertificate.check(
                            body.certificate(),
                            body.authorities(),
                            new IssuedCertificate.Expected(key.getPublic(), host, pinned, false),
                            clock.instant()));
                }
                case FORBIDDEN -> new Attempt.Refused();
                case BAD_REQUEST ->
                    failed("it can't read the request: " + EnrolmentAnswer.message(answer.body())
                            + ". Compare the versions of agent and controller");
                case TOO_MANY_REQUESTS ->
                    new Attempt.Failed("it has too many requests, the agent waits", answer.retryAfter());
                case UNAVAILABLE ->
                    new Attempt.Failed(
                            "it can't sign at the moment, its log says why; the agent waits", answer.retryAfter());
                default -> failed(unknown(answer.status()));
            };
        } catch (IOException e) {
            return failed(EnrolmentFailure.text(e));
        }
    }

    private static Attempt failed(String reason) {
        return new Attempt.Failed(reason, Optional.empty());
    }

    private static String unknown(int status) {
        return "it answers " + status + (status == NOT_FOUND ? ", as a program without enrolment" : "")
                + ": name the controller's enrolment port (mesos-iam.enrol.port) in MESOS_IAM_AGENT_ENROL";
    }

    /** The controller's roots that are pinned. */
    private static List<X509Certificate> pinned(EnrolmentPort port, RootPin pin) throws IOException {
        HttpResponse answer =
                port.sendUnverified(HttpRequest.get("/v1/authorities", "Host: " + port.host()), MAX_AUTHORITIES);
        if (answer.status() != OK) {
            throw new IOException(unknown(answer.status()));
        }
        List<X509Certificate> roots = Pem.certificates(
                "the answer to /v1/authorities", new String(answer.body(), StandardCharsets.ISO_8859_1));
        List<X509Certificate> pinned =
                roots.stream().filter(root -> pinOf(root).equals(pin)).toList();
        if (pinned.isEmpty()) {
            throw new IOException("none of its roots has the pinned key (pinned " + pin + ", controller "
                    + roots.stream().map(root -> pinOf(root).text()).collect(Collectors.joining(" "))
                    + "): the join token or MESOS_IAM_AGENT_ENROL_PIN is of another installation, or the connection is"
                    + " intercepted. No proof was sent. Ask your operator for the one of this installation");
        }
        return pinned;
    }

    private static RootPin pinOf(X509Certificate root) {
        try {
            return RootPin.of(MessageDigest.getInstance("SHA-256")
                    .digest(root.getPublicKey().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static TrustManager[] trusting(List<X509Certificate> roots) throws IOException {
        try {
            return AgentKey.trusting(roots);
        } catch (GeneralSecurityException e) {
            throw new IOException("its roots can't be used: " + e.getMessage(), e);
        }
    }

    /** Nothing in the body needs an escape in JSON but the line ends of the request. */
    private static HttpRequest post(EnrolmentPort port, Proof proof, HostName host, KeyPair key) {
        String body = "{\"hostname\":\"" + host.text() + "\",\"csr\":\""
                + SigningRequest.pem(host, key).replace("\n", "\\n") + "\",\"" + proof.field() + "\":\""
                + new String(proof.text().reveal(), StandardCharsets.US_ASCII) + "\"}";
        return new HttpRequest(
                "POST /v1/enrol",
                List.of("Host: " + port.host(), "Content-Type: application/json", "Content-Length: " + body.length()),
                body);
    }
}
