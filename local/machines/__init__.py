"""Step Functions: state machines run by an interpreter of our own.

moto's would do, but for its two threads per execution, whose order nobody can foretell. Here an execution is a
generator that says when it wants to go on, so that waiting costs nothing, and settling comes out the same each time.
It knows the part of the language that the bundle uses; `language` refuses all else when the stack starts.

Read in this order: `executions` (what the API and the clock see), `states` (what each state does), `choices`,
`payloads` (Parameters and the like), `intrinsics`, `paths`, `language`.
"""
