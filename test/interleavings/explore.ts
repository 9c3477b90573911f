import FakeTimers from '@sinonjs/fake-timers'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { generator } from './chance'
import { isFault, Run, Scenario, Step } from './schedule'
import { Stage } from './stages'

/** What was explored. */
export interface Figures {
  schedules: number
  steps: number
  faults: number
}

/** A schedule at whose end something that is promised is not so. */
export interface Failure {
  replay: string
  problems: string[]
}

/** Chooses one of the steps that can be taken. */
type Choose = (choices: Step[]) => Step

/** Runs schedules of scenarios, one after the other, each in a world of its own. */
export class Explorer {
  public figures: Figures = { schedules: 0, steps: 0, faults: 0 }
  public failures: Failure[] = []

  constructor(
    private app: ApplicationContract,
    private stage: Stage
  ) {}

  /** Every order of the steps of a scenario: each choice is taken once. */
  public async all(scenario: Scenario, { faults = false } = {}): Promise<void> {
    let next: Step[] | null = []
    while (next) {
      const begin: Step[] = next
      const taken: number[] = []
      const offered: Step[][] = []
      await this.explore(scenario, faults, (choices) => {
        const at = taken.length < begin.length ? choices.indexOf(begin[taken.length]) : 0
        taken.push(at)
        offered.push(choices)
        return choices[at]
      })
      next = following(taken, offered)
    }
  }

  /** So many orders by chance; the same number gives the same ones. */
  public async some(
    scenario: Scenario,
    { times, seed, faults = false }: { times: number; seed: number; faults?: boolean }
  ): Promise<void> {
    const random = generator(seed)
    for (let n = 0; n < times; n++) {
      const choose: Choose = (choices) => choices[Math.floor(random() * choices.length)]
      await this.explore(scenario, faults, choose)
    }
  }

  /** One schedule, as a failure prints it. What is left when it ends goes on in order. */
  public async replay(scenario: Scenario, schedule: string): Promise<string[]> {
    const steps = schedule.split(' ')
    const { problems } = await this.run(scenario, true, (choices) => {
      const step = steps.shift() ?? choices.find((choice) => !isFault(choice))!
      if (!choices.includes(step)) {
        throw new Error(`${step} cannot be taken; ${choices.join(' ')} can`)
      }
      return step
    })
    return problems
  }

  private async explore(scenario: Scenario, faults: boolean, choose: Choose) {
    const { steps, ...failure } = await this.run(scenario, faults, choose)
    this.figures.schedules++
    this.figures.steps += steps.length
    this.figures.faults += steps.filter(isFault).length
    failure.problems.length && this.failures.push(failure)
  }

  private async run(scenario: Scenario, faults: boolean, choose: Choose) {
    const clock = FakeTimers.install({
      now: Date.now(),
      toFake: this.stage.fakes,
      shouldClearNativeTimers: true,
    })
    try {
      const run = new Run(this.app, this.stage, clock, scenario)
      await run.prepare()
      for (let choices = run.choices({ faults }); choices.length;) {
        await run.take(choose(choices))
        choices = run.choices({ faults })
      }
      const problems = (await run.problems()).filter((problem) => this.isPromised(problem, run))
      return { steps: run.done, problems, replay: run.toString() }
    } finally {
      clock.uninstall()
    }
  }

  /**
   * Sessions in cookies are not merged: the browser keeps the last ones that it gets. And they are lost with
   * the answer that has them. A login under an id that a rotation has retired is a session of its own. Endings that
   * their store has lost are forgotten.
   */
  private isPromised(problem: string, { done, rotates, requests }: Run): boolean {
    const isForgotten = /^P2/.test(problem) && requests.some(({ does }) => does === 'evicted')
    const isMerged = /^P1|removes the user/.test(problem)
    const isLost = /^P3/.test(problem) && done.some(isFault)
    const isFork = /^P2 ended stays ended: login/.test(problem) && rotates
    return !this.stage.isCookie || !(isMerged || isLost || isFork || isForgotten)
  }
}

/** The steps up to the last place where another choice is left, and that choice; `null`: none is. */
function following(taken: number[], offered: Step[][]): Step[] | null {
  for (let depth = taken.length - 1; depth >= 0; depth--) {
    if (taken[depth] + 1 < offered[depth].length) {
      const before = offered.slice(0, depth).map((choices, n) => choices[taken[n]])
      return [...before, offered[depth][taken[depth] + 1]]
    }
  }
  return null
}
