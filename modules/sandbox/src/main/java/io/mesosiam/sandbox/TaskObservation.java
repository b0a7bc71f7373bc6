package io.mesosiam.sandbox;

import io.mesosiam.sandbox.host.Asked;
import io.mesosiam.sandbox.host.HostCommand;
import io.mesosiam.sandbox.host.HostCommand.How;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What tasks are told when they ask, with an ordinary HTTP client and with the AWS SDK. */
record TaskObservation(Terminal terminal, HostLine host) implements Observation {
    @Override
    public void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        for (How how : How.values()) {
            List<Asked> answers = settled(taskIds, how);
            for (int i = 0; i < taskIds.size(); i++) {
                expectRole(taskIds.get(i), how, answers.get(i), roles.get(i));
            }
        }
    }

    private void expectRole(String taskId, How how, Asked answer, String role) throws StoryFailure {
        if (!answer.granted() || !Observation.roleName(answer.role()).equals(role)) {
            throw new StoryFailure(taskId + " should get " + role + " and got " + said(answer));
        }
        String asked =
                switch (how) {
                    case HTTP -> "HTTP     ";
                    case SDK -> "AWS SDK  ";
                };
        terminal.told(Terminal.name(taskId) + asked + answer.role());
    }

    @Override
    public void expectServed(List<String> taskIds, String when) throws IOException, InterruptedException, StoryFailure {
        for (Asked answer : host.ask(new HostCommand.Ask(taskIds, How.HTTP))) {
            if (!answer.granted()) {
                throw new StoryFailure("a task got " + said(answer) + ", " + when);
            }
        }
        terminal.told("all " + taskIds.size() + " tasks are served, " + when);
    }

    @Override
    public void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure {
        Duration took = Await.until(taskId + " is refused", () -> !ask(taskId).granted());
        expectRefusal(taskId, "TaskEnded");
        terminal.detail("a process of it still runs; it is refused " + Terminal.human(took)
                + " after the master was told of the end");
    }

    /** Waits until a task has an answer, which has to be a refusal. */
    void expectRefusal(String taskId, String code)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        expectRefusal(terminal, taskId, settled(List.of(taskId), How.HTTP).getFirst(), code);
    }

    /** Tells a refusal, if it is one. */
    static void expectRefusal(Terminal terminal, String who, Asked answer, String code) throws StoryFailure {
        if (answer.granted() || !answer.code().equals(code)) {
            throw new StoryFailure(who + " should be refused with " + code + ", and got " + said(answer));
        }
        terminal.told(Terminal.name(who) + answer.status() + " " + answer.code() + ": " + answer.message());
    }

    @Override
    public boolean holds(String taskId, String role) throws IOException, InterruptedException {
        return Observation.roleName(ask(taskId).role()).equals(role);
    }

    private Asked ask(String taskId) throws IOException, InterruptedException {
        return host.ask(new HostCommand.Ask(List.of(taskId), How.HTTP)).getFirst();
    }

    /** Asks again, as clients do, until the answers are more than "not yet". */
    private List<Asked> settled(List<String> taskIds, How how)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        var answers = new AtomicReference<List<Asked>>(List.of());
        Await.until(taskIds + " get an answer", () -> {
            answers.set(host.ask(new HostCommand.Ask(taskIds, how)));
            return answers.get().stream().noneMatch(Asked::pending);
        });
        return answers.get();
    }

    private static String said(Asked answer) {
        return answer.granted() ? answer.role() : answer.status() + " " + answer.code() + " " + answer.message();
    }
}
