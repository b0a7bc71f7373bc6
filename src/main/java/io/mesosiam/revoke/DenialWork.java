package io.mesosiam.revoke;

import io.mesosiam.line.OneLine;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Attaches and removes the inline policies that are due. */
final class DenialWork {
    private static final Logger LOG = Logger.getLogger(DenialWork.class);

    private final DenialTable table;
    private final InlinePolicies policies;
    private final Consumer<DenialStatus> progress;

    /**
     * @param progress receives what is open after each row: while IAM hangs, rows that failed are due again before the last
     *     one is tried
     */
    DenialWork(DenialTable table, InlinePolicies policies, Consumer<DenialStatus> progress) {
        this.table = table;
        this.policies = policies;
        this.progress = progress;
    }

    /** Works until no row is due, and returns what is open then. Blocks. */
    DenialStatus run() {
        Optional<DenialTable.Claimed> claimed = table.claim();
        while (claimed.isPresent()) {
            work(claimed.get());
            progress.accept(table.status());
            claimed = table.claim();
        }
        return table.status();
    }

    private void work(DenialTable.Claimed claimed) {
        Denial denial = claimed.denial();
        try {
            if (claimed.over()) {
                policies.delete(denial.role(), denial.policyName());
            } else {
                policies.put(denial.role(), denial.policyName(), denial.document());
            }
        } catch (RuntimeException e) {
            String reason = reason(e);
            LOG.warnf(
                    "session denial failed denialId=%s iamRoleArn=%s reason=\"%s\"",
                    denial.id(), denial.role(), reason);
            table.failed(denial.id(), reason);
            return;
        }
        if (claimed.over()) {
            table.removed(denial.id());
            LOG.infof("session denial removed denialId=%s iamRoleArn=%s", denial.id(), denial.role());
        } else {
            table.applied(denial.id());
            LOG.infof("sessions denied denialId=%s iamRoleArn=%s", denial.id(), denial.role());
        }
    }

    private static String reason(RuntimeException failure) {
        return OneLine.of(String.valueOf(failure.getMessage()));
    }
}
