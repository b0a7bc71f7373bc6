package io.mesosiam.sandbox.mesos;

/** What names a task to a master. */
public record TaskKey(String frameworkId, String taskId) {}
