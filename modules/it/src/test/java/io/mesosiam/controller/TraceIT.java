package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.fakes.TraceReceiver;
import io.mesosiam.fakes.TraceReceiver.Span;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of a controller's jar with an agent, a master and an STS, at a receiver of OTLP. */
class TraceIT {
    private static final String HOSTILE = "x\", \"name\": \"ack\" \u00e9";

    @TempDir
    private Path directory;

    @Test
    void taskThatStartsIsOneTraceFromItsEventToTheConfirmationOfItsAgent() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start();
                TraceReceiver receiver = TraceReceiver.start()) {
            database.execute("""
                    insert into policy (name, effect, framework_principal, iam_role_arn)
                    values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch')""");
            String host = master.cluster().register(new AgentSpec("host-1", "127.0.0.1", 5051, Map.of()));
            String framework =
                    master.cluster().subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            settings.put("MESOS_IAM_TRACE_ENDPOINT", receiver.uri().toString());
            try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings);
                    AgentView agent = AgentView.start(directory, ca, "host-1", host, controller.uri())) {
                controller.awaitReady();
                agent.awaitLeases(0);
                master.cluster().launch(TaskSpec.command(HOSTILE, framework, host, "web"));
                agent.awaitLeases(1);
                // all spans have ended, and only these
                Awaitility.await("the trace")
                        .atMost(TimeLimit.seconds(20))
                        .until(() -> receiver.spans().size() >= 7);
                assertThat(controller.stop()).isZero();

                List<Span> spans = receiver.spans().stream()
                        .sorted(Comparator.comparingLong(Span::start))
                        .toList();
                assertThat(spans)
                        .extracting(Span::name)
                        .containsExactlyInAnyOrder(
                                "lease", "mesos.event", "plan", "sts.assume_role", "push", "ack", "journal");
                assertThat(spans)
                        .extracting(Span::trace)
                        .hasSize(7)
                        .containsOnly(spans.getFirst().trace());
                assertThat(spans)
                        .filteredOn(span ->
                                !span.name().equals("lease") && !span.name().equals("journal"))
                        .extracting(Span::name)
                        .containsExactly("mesos.event", "plan", "sts.assume_role", "push", "ack");
                assertThat(spans)
                        .filteredOn(span -> span.parent().isEmpty())
                        .singleElement()
                        .satisfies(root -> assertThat(root.attributes()).containsEntry("mesosiam.task_id", HOSTILE));
            }
        }
    }
}
