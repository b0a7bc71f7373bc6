package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.serve.ParsedRequest.Valid;
import io.mesosiam.agent.serve.http.ReceivedRequest;
import io.mesosiam.line.LogValue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Writes the audit lines: who received what, and who was refused. The {@link AuditWindow} suppresses and counts
 * repeated lines, so that a caller that is refused repeatedly does not fill the log. docs/agent.md lists the fields.
 */
final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.mesosiam.agent.audit");

    private static final int MAX_TEXT = 128;
    private static final Pattern NOT_PLAIN = Pattern.compile("[^A-Za-z0-9/._~:@%+*\\[\\]-]");

    private final AuditWindow window;

    AuditLog(AuditWindow window) {
        this.window = window;
    }

    /** Logs that a lease's credentials were sent to this container. */
    void served(AttestedRequest request, String name, Answer.Lease lease) {
        String id = request.container().id();
        info(() -> "credentials served containerId=" + id + " leaseId=" + lease.leaseId() + " iamRoleArn="
                + lease.iamRoleArn() + " name=" + name + " surface="
                + request.api().label() + " attestedBy="
                + request.attested().by() + times(request)
                + (lease.containerId().equals(id) ? "" : " throughContainerId=" + lease.containerId())
                + lease.traceId().map(trace -> " traceId=" + trace).orElse(""));
    }

    /** Logs that an answer without credentials was sent. */
    void servedWithoutCredentials(AttestedRequest request) {
        info(() -> subject(request.request()) + " served containerId="
                + request.container().id() + detail(request.request()) + " attestedBy="
                + request.attested().by() + times(request));
    }

    void refused(AttestedRequest request, String code) {
        rejected("refused", request, code);
    }

    void notReady(AttestedRequest request, String code) {
        rejected("not ready", request, code);
    }

    void refused(CallerRequest request, String code, String reason) {
        rejected("refused", request, code, reason);
    }

    void notReady(CallerRequest request, String code, String reason) {
        rejected("not ready", request, code, reason);
    }

    /**
     * Logs a request that was rejected before its caller was attested. Method and path are the caller's text: they are
     * shortened, and every character that could forge a line or a field is replaced. The query is left out.
     */
    void rejected(ReceivedRequest request, String code) {
        Caller caller = request.caller();
        window.pass(code + " " + caller.remote().getHostString())
                .ifPresent(lines -> info(() -> "request refused remoteAddress=" + caller.remote() + " method="
                        + plain(request.getRequestMethod()) + " path="
                        + plain(request.getRequestURI().toString()) + " code=" + code
                        + took(request.arrivedNanos()) + suppressed(lines)));
    }

    private static String plain(String text) {
        int query = text.indexOf('?');
        String path = query < 0 ? text : text.substring(0, query);
        String start = path.length() <= MAX_TEXT ? path : path.substring(0, MAX_TEXT) + "...";
        return NOT_PLAIN.matcher(start).replaceAll("_");
    }

    private void rejected(String what, AttestedRequest request, String code) {
        String id = request.container().id();
        window.pass(code + " " + id)
                .ifPresent(lines -> info(() -> subject(request.request()) + " " + what + " containerId=" + id
                        + detail(request.request()) + " surface="
                        + request.api().label() + " attestedBy="
                        + request.attested().by() + " code=" + code + times(request) + suppressed(lines)));
    }

    private void rejected(String what, CallerRequest request, String code, String reason) {
        Caller caller = request.caller();
        Valid parsed = request.parsed();
        window.pass(code + " " + caller.remote().getHostString())
                .ifPresent(lines -> info(() -> subject(parsed.request()) + " " + what + " remoteAddress="
                        + caller.remote() + detail(parsed.request()) + " surface="
                        + parsed.api().label() + " code=" + code + took(request.arrivedNanos()) + suppressed(lines)
                        + " reason=" + LogValue.of(reason)));
    }

    /** How long the request took, and how long of that it waited for a lease, if it did. */
    private static String times(AttestedRequest request) {
        Duration waited = request.waited();
        return took(request.sent().arrivedNanos()) + (waited.isZero() ? "" : " waitedMs=" + waited.toMillis());
    }

    private static String took(long arrivedNanos) {
        return " tookMs=" + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - arrivedNanos);
    }

    private static String suppressed(long lines) {
        return lines == 0 ? "" : " linesKeptBack=" + lines;
    }

    private static void info(Supplier<String> line) {
        LOG.log(System.Logger.Level.INFO, line);
    }

    private static String subject(CredentialRequest request) {
        return switch (request) {
            case CredentialRequest.Credentials _, CredentialRequest.RoleDocument _ -> "credentials";
            case CredentialRequest.RoleList _ -> "role name";
            case CredentialRequest.MetadataToken _ -> "metadata token";
            case CredentialRequest.InstanceFact _ -> "instance metadata";
            case CredentialRequest.IdentityDocument _ -> "instance identity document";
        };
    }

    private static String detail(CredentialRequest request) {
        return switch (request) {
            case CredentialRequest.Credentials(String name) -> " name=" + name;
            case CredentialRequest.RoleDocument _, CredentialRequest.RoleList _ -> " name=" + Routes.DEFAULT_NAME;
            case CredentialRequest.MetadataToken _, CredentialRequest.IdentityDocument _ -> "";
            case CredentialRequest.InstanceFact fact -> " path=" + fact.path();
        };
    }
}
