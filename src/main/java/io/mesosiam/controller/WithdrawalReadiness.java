package io.mesosiam.controller;

import io.mesosiam.lease.store.WithdrawalTable;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports whether withdrawals take effect. Always up, since leases are served and renewed while the table can't be
 * read.
 */
@Readiness
@Singleton
final class WithdrawalReadiness implements HealthCheck {
    private final WithdrawalTable withdrawals;

    @Inject
    WithdrawalReadiness(WithdrawalTable withdrawals) {
        this.withdrawals = withdrawals;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("withdrawals").up();
        withdrawals.trouble().ifPresent(trouble -> response.withData("trouble", trouble)
                .withData(
                        "cure",
                        "rows: correct them, or lift them. A table that can't be followed: see the check database. While"
                                + " the database is away, the API can't withdraw either: docs/operating.md,"
                                + " MesosIamTableAway, says how to stop credentials"));
        return response.build();
    }
}
