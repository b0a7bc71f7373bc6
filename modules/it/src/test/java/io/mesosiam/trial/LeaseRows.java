package io.mesosiam.trial;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds leases that ended although their task ran, in the rows of the controllers. */
final class LeaseRows {
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private LeaseRows() {}

    /** The ended leases whose task runs, or ended later than its lease. */
    static List<String> lost(TrialSite site) throws SQLException {
        Map<String, TrialTask> byContainer =
                site.load().allLaunches().stream().collect(Collectors.toMap(TrialTask::container, Function.identity()));
        List<String> lost = new ArrayList<>();
        try (Connection connection = site.postgres().connect(TrialSite.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select container_id::text, reason, extract(epoch from reaped_at) * 1000 from lease
                        where state = 'reaped' and container_id is not null""")) {
            while (rows.next()) {
                TrialTask task = byContainer.get(rows.getString(1));
                Instant reaped = Instant.ofEpochMilli((long) rows.getDouble(3));
                if (task != null
                        && !site.judge().forbids(task)
                        && task.ended()
                                .map(end -> reaped.isBefore(end.minus(TOLERANCE)))
                                .orElse(true)) {
                    lost.add(task + ": " + rows.getString(2));
                }
            }
        }
        return lost;
    }
}
