package io.mesosiam.sandbox;

import io.mesosiam.sandbox.host.CredentialResult;
import io.mesosiam.sandbox.host.HostCommand;
import io.mesosiam.sandbox.host.HostCommand.How;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Observes the answers to requests of tasks, with an ordinary HTTP client and with the AWS SDK. */
record TaskObservation(Terminal terminal, HostLine host) implements Observation {
    @Override
    public void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        for (How how : How.values()) {
            List<CredentialResult> answers = settled(taskIds, how);
            for (int i = 0; i < taskIds.size(); i++) {
                expectRole(taskIds.get(i), how, answers.get(i), roles.get(i));
            }
        }
    }

    private void expectRole(String taskId, How how, CredentialResult answer, String role) throws StoryFailure {
        if (!answer.granted() || !Observation.roleName(answer.role()).equals(role)) {
            throw new StoryFailure(taskId + " should get " + role + " and got " + describe(answer));
        }
        String asked =
                switch (how) {
                    case HTTP -> "HTTP     ";
                    case SDK -> "AWS SDK  ";
                };
        terminal.ok(Terminal.name(taskId) + asked + answer.role());
    }

    @Override
    public void expectServed(List<String> taskIds, String when) throws IOException, InterruptedException, StoryFailure {
        for (CredentialResult answer : host.ask(new HostCommand.Ask(taskIds, How.HTTP))) {
            if (!answer.granted()) {
                throw new StoryFailure("a task got " + describe(answer) + ", " + when);
            }
        }
        terminal.ok("all " + taskIds.size() + " tasks are served, " + when);
    }

    @Override
    public void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure {
        Duration took = Await.until(taskId + " is refused", () -> !ask(taskId).granted());
        expectRefusal(taskId, "TaskEnded");
        terminal.detail("one of its processes still runs; it is refused " + Terminal.human(took)
                + " after the task ended on the master");
    }

    /** Waits until a task has an answer, and checks that it is a refusal. */
    void expectRefusal(String taskId, String code)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        expectRefusal(terminal, taskId, settled(List.of(taskId), How.HTTP).getFirst(), code);
    }

    /** Checks that the answer is this refusal, and prints it. */
    static void expectRefusal(Terminal terminal, String caller, CredentialResult answer, String code)
            throws StoryFailure {
        if (answer.granted() || !answer.code().equals(code)) {
            throw new StoryFailure(caller + " should be refused with " + code + ", and got " + describe(answer));
        }
        terminal.ok(Terminal.name(caller) + answer.status() + " " + answer.code() + ": " + answer.message());
    }

    @Override
    public boolean holds(String taskId, String role) throws IOException, InterruptedException {
        return Observation.roleName(ask(taskId).role()).equals(role);
    }

    private CredentialResult ask(String taskId) throws IOException, InterruptedException {
        return host.ask(new HostCommand.Ask(List.of(taskId), How.HTTP)).getFirst();
    }

    /** Repeats the requests, as clients do, until no answer is "not yet". */
    private List<CredentialResult> settled(List<String> taskIds, How how)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        var answers = new AtomicReference<List<CredentialResult>>(List.of());
        Await.until(taskIds + " get an answer", () -> {
            answers.set(host.ask(new HostCommand.Ask(taskIds, how)));
            return answers.get().stream().noneMatch(CredentialResult::pending);
        });
        return answers.get();
    }

    private static String describe(CredentialResult answer) {
        return answer.granted() ? answer.role() : answer.status() + " " + answer.code() + " " + answer.message();
    }
}
