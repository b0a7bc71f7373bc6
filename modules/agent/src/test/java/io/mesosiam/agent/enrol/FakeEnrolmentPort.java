package io.mesosiam.agent.enrol;

import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A controller's enrolment port, over real TLS. It answers as the contract says, unless the test sets another answer. */
final class FakeEnrolmentPort implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]+)");
    private static final Pattern CSR = Pattern.compile("\"csr\":\"([^\"]*)\"");

    private final TestAuthority authority;
    private final SSLServerSocket socket;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** The bytes of an answer. */
    interface Answer {
        void write(OutputStream out, String request) throws Exception;
    }

    FakeEnrolmentPort(TestAuthority authority) throws Exception {
        this(authority, authority.server("localhost", Instant.now()));
    }

    FakeEnrolmentPort(TestAuthority authority, SSLContext tls) throws Exception {
        this.authority = authority;
        this.socket = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 16, InetAddress.getByName("localhost"));
        answers.put("GET /v1/authorities", status(200, authority.rootPem()));
        answers.put("POST /v1/enrol", signs(Instant.now()));
        threads.execute(this::accept);
    }

    /** Another port, which demands a certificate of the client. */
    static FakeEnrolmentPort demandingCertificates(TestAuthority authority) throws Exception {
        FakeEnrolmentPort port = new FakeEnrolmentPort(authority);
        port.socket.setNeedClientAuth(true);
        return port;
    }

    URI uri() {
        return URI.create("https://localhost:" + socket.getLocalPort());
    }

    /** Sets the answer to a path such as {@code POST /v1/enrol}. */
    void on(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** The first line and the body of each request, oldest first. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Signs what is requested, for host-1. */
    Answer signs(Instant now) {
        return signs(now, authority);
    }

    static Answer signs(Instant now, TestAuthority by) {
        return signs(by, key -> Leaf.of(key, now));
    }

    static Answer signs(TestAuthority by, Function<PublicKey, Leaf> leaf) {
        return (out, request) -> status(200, body(by.chain(leaf.apply(keyOf(request))), by.rootPem()))
                .write(out, request);
    }

    static String body(String certificate, String authorities) {
        return "{\"certificate\":\"" + certificate.replace("\n", "\\n") + "\",\"more\":[1,{}],\"authorities\":\""
                + authorities.replace("\n", "\\n") + "\"}";
    }

    static Answer status(int status, String body, String... headers) {
        return (out, _) -> {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            head.append("content-length: ").append(body.length()).append("\r\n\r\n");
            out.write((head + body).getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    /** The key of a request whose signature is right. */
    static PublicKey keyOf(String request) throws Exception {
        Matcher csr = CSR.matcher(request);
        if (!csr.find()) {
            throw new AssertionError(request);
        }
        return key(csr.group(1).replace("\\n", "\n"));
    }

    static PublicKey key(String csr) throws Exception {
        try (PEMParser pem = new PEMParser(new java.io.StringReader(csr))) {
            return new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) pem.readObject()).getPublicKey();
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                SSLSocket accepted = (SSLSocket) socket.accept();
                threads.execute(() -> serve(accepted));
            } catch (IOException e) {
                // the test has ended
            }
        }
    }

    private void serve(SSLSocket accepted) {
        try (accepted;
                InputStream in = new BufferedInputStream(accepted.getInputStream())) {
            String line = line(in);
            int length = 0;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                Matcher stated = LENGTH.matcher(header);
                length = stated.matches() ? Integer.parseInt(stated.group(1)) : length;
            }
            String request = line + " " + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
            requests.add(request);
            String path = line.replaceFirst(" HTTP/.*", "");
            answers.getOrDefault(path, status(404, "")).write(accepted.getOutputStream(), request);
        } catch (IOException | InterruptedException e) {
            // the agent has ended the connection, or the test has ended
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
