package io.mesosiam.sandbox.mesos;

/** The key of a task on a master. */
public record TaskKey(String frameworkId, String taskId) {}
