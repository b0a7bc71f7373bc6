package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.serve.ParsedRequest.Valid;
import io.mesosiam.line.LogValue;
import java.net.InetSocketAddress;
import java.net.URI;
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
    void served(Attested attested, String name, CredentialApi api, Answer.Lease lease) {
        info(() -> "credentials served containerId=" + attested.container().id() + " leaseId=" + lease.leaseId()
                + " iamRoleArn=" + lease.iamRoleArn() + " name=" + name + " surface=" + api.label() + " attestedBy="
                + attested.by()
                + (lease.containerId().equals(attested.container().id())
                        ? ""
                        : " throughContainerId=" + lease.containerId())
                + lease.traceId().map(id -> " traceId=" + id).orElse(""));
    }

    /** Logs that an answer without credentials was sent. */
    void servedWithoutCredentials(Attested attested, CredentialRequest request) {
        info(() -> subject(request) + " served containerId="
                + attested.container().id() + detail(request) + " attestedBy=" + attested.by());
    }

    void refused(Attested attested, Valid parsed, String code) {
        rejected("refused", attested, parsed, code);
    }

    void notReady(Attested attested, Valid parsed, String code) {
        rejected("not ready", attested, parsed, code);
    }

    void refused(Caller caller, Valid parsed, String code, String reason) {
        rejected("refused", caller, parsed, code, reason);
    }

    void notReady(Caller caller, Valid parsed, String code, String reason) {
        rejected("not ready", caller, parsed, code, reason);
    }

    /**
     * Logs a request that was rejected before its caller was attested. Method and path are the caller's text: they are
     * shortened, and every character that could forge a line or a field is replaced. The query is left out.
     */
    void rejected(InetSocketAddress remote, String method, URI target, String code) {
        window.pass(code + " " + remote.getHostString())
                .ifPresent(lines -> info(() -> "request refused remoteAddress=" + remote + " method=" + plain(method)
                        + " path=" + plain(target.toString()) + " code=" + code + suppressed(lines)));
    }

    private static String plain(String text) {
        int query = text.indexOf('?');
        String path = query < 0 ? text : text.substring(0, query);
        String start = path.length() <= MAX_TEXT ? path : path.substring(0, MAX_TEXT) + "...";
        return NOT_PLAIN.matcher(start).replaceAll("_");
    }

    private void rejected(String what, Attested attested, Valid parsed, String code) {
        String id = attested.container().id();
        window.pass(code + " " + id)
                .ifPresent(lines -> info(() -> subject(parsed.request()) + " " + what + " containerId=" + id
                        + detail(parsed.request()) + " surface=" + parsed.api().label() + " attestedBy=" + attested.by()
                        + " code=" + code + suppressed(lines)));
    }

    private void rejected(String what, Caller caller, Valid parsed, String code, String reason) {
        window.pass(code + " " + caller.remote().getHostString())
                .ifPresent(
                        lines -> info(() -> subject(parsed.request()) + " " + what + " remoteAddress=" + caller.remote()
                                + detail(parsed.request()) + " surface="
                                + parsed.api().label() + " code=" + code + suppressed(lines) + " reason="
                                + LogValue.of(reason)));
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
