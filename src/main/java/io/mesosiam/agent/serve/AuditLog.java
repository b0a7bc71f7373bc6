package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Caller;
import java.util.function.Supplier;

/** Writes who got what, and who didn't. docs/agent.md lists the fields. */
final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.mesosiam.agent.audit");

    /** A lease's material left for this container. */
    void served(Attested attested, String name, Surface surface, Answer.Lease lease) {
        info(() -> "credentials served containerId=" + attested.container().id() + " leaseId=" + lease.leaseId()
                + " iamRoleArn=" + lease.iamRoleArn() + " name=" + name + " surface=" + surface + " attestedBy="
                + attested.by()
                + (lease.containerId().equals(attested.container().id())
                        ? ""
                        : " throughContainerId=" + lease.containerId()));
    }

    /** Something that is no credential did. */
    void told(Attested attested, Ask ask) {
        info(() -> subject(ask) + " served containerId=" + attested.container().id() + detail(ask) + " attestedBy="
                + attested.by());
    }

    void refused(Attested attested, Reading.Asked asked, String code) {
        info(() -> attested("refused", attested, asked, code));
    }

    void notReady(Attested attested, Reading.Asked asked, String code) {
        info(() -> attested("not ready", attested, asked, code));
    }

    void refused(Caller caller, Reading.Asked asked, String code, String reason) {
        info(() -> nobody("refused", caller, asked, code, reason));
    }

    void notReady(Caller caller, Reading.Asked asked, String code, String reason) {
        info(() -> nobody("not ready", caller, asked, code, reason));
    }

    private static void info(Supplier<String> line) {
        LOG.log(System.Logger.Level.INFO, line);
    }

    private static String attested(String what, Attested attested, Reading.Asked asked, String code) {
        return subject(asked.ask()) + " " + what + " containerId="
                + attested.container().id() + detail(asked.ask()) + " surface=" + asked.surface() + " attestedBy="
                + attested.by() + " code=" + code;
    }

    private static String nobody(String what, Caller caller, Reading.Asked asked, String code, String reason) {
        return subject(asked.ask()) + " " + what + " remoteAddress=" + caller.remote() + detail(asked.ask())
                + " surface=" + asked.surface() + " code=" + code + " reason=" + reason;
    }

    private static String subject(Ask ask) {
        return switch (ask) {
            case Ask.Credentials _, Ask.RoleDocument _ -> "credentials";
            case Ask.RoleList _ -> "role name";
            case Ask.MetadataToken _ -> "metadata token";
            case Ask.InstanceFact _ -> "instance metadata";
        };
    }

    private static String detail(Ask ask) {
        return switch (ask) {
            case Ask.Credentials(String name) -> " name=" + name;
            case Ask.RoleDocument _, Ask.RoleList _ -> " name=" + Routes.DEFAULT_NAME;
            case Ask.MetadataToken _ -> "";
            case Ask.InstanceFact fact -> " path=" + fact.path();
        };
    }
}
