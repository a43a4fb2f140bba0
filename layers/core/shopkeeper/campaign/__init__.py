"""How a campaign goes out: what `functions/campaign_plan/campaign_launch.asl.json` carries out, state by state.

campaign/launch     the launch: what it is pinned to, its states, and what each of them becomes
campaign/launching  launch, cancel, and what the clock does about a launch that is due
campaign/hold_outs  who is left out by lot
campaign/trial      which of several letters did best
campaign/deciding   what a launch becomes when that is known
campaign/freeze     the audience into rows of the ledger, slice by slice of the Customers table
campaign/enqueue    the ids of rows that are ready into the queue of mail_send
campaign/settle     begin, count the rows until none is left to go, and end
campaign/outcomes   the ladder: the numbers under which a row counts
campaign/hits       the same of links and hours
campaign/tally      a count of the rows, a part at a time
campaign/recount    the same by the clock, after the end and when somebody asks
"""
