package io.mesosiam.api;

/** Texts and examples of {@code openapi.yaml} that several types and operations share. */
public final class Docs {
    public static final String NEXT = "The cursor of the next page; absent on the last";
    public static final String LIMIT = "The maximum number of items in the answer";
    public static final String CURSOR = "The 'next' of the previous page";
    public static final String FRAMEWORK_ID = "The Mesos framework's id";
    public static final String TASK_ID = "The task's id, which its framework can reuse";
    public static final String MESOS_AGENT_ID = "The id of the Mesos agent whose host the task runs on";
    public static final String LAUNCH_SEQUENCE =
            "1 for the first launch of this task id on this Mesos agent, one more for each later one";
    public static final String CREDENTIAL_NAME = "The name under which a task requests credentials";
    public static final String CONTAINER_ID =
            "The container's id, preceded by the ids of the containers that it is nested in, parent/child";
    public static final String WITNESSED =
            "Whether a controller saw the launch itself, rather than a Mesos agent's report of it";
    public static final String IAM_ROLE_ARN = "The ARN of the IAM role";
    public static final String POLICY_ID = "The policy's id";

    public static final String CONTROLLER =
            "The id of the controller that answers. What it knows of hosts whose agents are connected to other controllers is"
                    + " less";

    public static final String CONTROLLER_EXAMPLE = "controller-1";
    public static final String FRAMEWORK_ID_EXAMPLE = "5f1c0b2e-7f3a-4c55-9a0e-3c3f7d1a2b4c-0001";
    public static final String TASK_ID_EXAMPLE = "report-42.7f9c";
    public static final String MESOS_AGENT_ID_EXAMPLE = "5f1c0b2e-7f3a-4c55-9a0e-3c3f7d1a2b4c-S7";
    public static final String CONTAINER_ID_EXAMPLE = "b1c7a6f0-51f5-4a3e-8f39-0a6f7a5e3d21";
    public static final String CREDENTIAL_NAME_EXAMPLE = "default";
    public static final String IAM_ROLE_ARN_EXAMPLE = "arn:aws:iam::123456789012:role/reporting";
    public static final String UUID_EXAMPLE = "2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55";
    public static final String TIME_EXAMPLE = "2026-01-02T03:04:05.678Z";

    /** An entity tag. */
    public static final String TAG_EXAMPLE = "\"2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55.3\"";

    /** The end of a sentence about explanations. */
    public static final String HIDDEN_POLICIES =
            "policies of other namespaces are shown without names, selectors and IAM roles.";

    private Docs() {}
}
